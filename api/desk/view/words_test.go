package view

import (
	"testing"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/page/pagetest"
)

// TestWordsAreThereInThreeLanguagesAndUsed: each with the same places, and none that
// stands in a template. The texts of what the casework says are named there.
func TestWordsAreThereInThreeLanguagesAndUsed(t *testing.T) {
	checked := pagetest.Words{
		Shared: page.Shared(), Templates: templates,
		Programs: []string{"*.go", "../*.go", "../../casework/*.go", "../../casework/rule/*.go", "../../casework/rule/data/*", "../../store/casebook/*.go"},
	}
	for _, table := range tables {
		own := map[string][3]string{}
		for key, w := range table {
			own[string(key)] = w
		}
		checked.Tables = append(checked.Tables, own)
	}
	faults, err := checked.Faults()
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range faults {
		t.Error(fault)
	}
}

// TestTemplatesAndWordsMakeASet with those that all pages share.
func TestTemplatesAndWordsMakeASet(t *testing.T) {
	if _, err := page.NewSet(Part()); err != nil {
		t.Fatal(err)
	}
}
