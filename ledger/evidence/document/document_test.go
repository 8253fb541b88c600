package document

import (
	"regexp"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

func TestEveryOperationOnANoteHasItsWords(t *testing.T) {
	for _, op := range ledger.Operations() {
		if kind, _, _ := ledger.KindOf(op); kind == ledger.KindNote && len(deeds[op]) != len(ledger.Languages()) {
			t.Errorf("%s has no words in every language", op)
		}
	}
	for op := range deeds {
		if kind, _, known := ledger.KindOf(op); !known || kind != ledger.KindNote {
			t.Errorf("%s has words and is no operation on a note", op)
		}
	}
}

func TestEveryTextOfThePageIsThereInEveryLanguage(t *testing.T) {
	for _, s := range ledger.Statuses() {
		if s == ledger.StatusNone || s == ledger.StatusErased { // of which there is no file
			continue
		}
		if _, ok := words["status."+string(s)]; !ok {
			t.Errorf("there are no words for the status %s", s)
		}
	}
	used := regexp.MustCompile(`call (?:\$)?\.Text "([a-z_.]+)"`).FindAllStringSubmatch(pageTemplate, -1)
	if len(used) < 20 {
		t.Fatalf("only %d texts were found in the template", len(used))
	}
	for _, u := range used {
		if words[u[1]] == nil {
			t.Errorf("the template uses %s, which is no text", u[1])
		}
	}
	for key, text := range words {
		for _, lang := range ledger.Languages() {
			if text[lang] == "" {
				t.Errorf("%s has no text in %s", key, lang)
			}
		}
	}
}

func TestEveryTableHasACaption(t *testing.T) {
	tables := regexp.MustCompile(`<table>\n`).FindAllString(pageTemplate, -1)
	named := regexp.MustCompile(`<table>\n<caption class="hidden">\{\{call \.Text "[a-z]+"\}\}</caption>\n`).FindAllString(pageTemplate, -1)
	if len(tables) == 0 || len(named) != len(tables) {
		t.Errorf("%d of %d tables have captions", len(named), len(tables))
	}
}
