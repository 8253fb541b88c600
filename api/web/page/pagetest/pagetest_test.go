package pagetest_test

import (
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/web/page/pagetest"
)

// sound is a page with nothing wrong in it, around what a test puts into it.
func sound(inside string) string {
	return `<!doctype html><html lang="en"><head><title>A page</title></head><body><header></header><main><h1>A page</h1>` +
		inside + `</main><footer></footer></body></html>`
}

func TestSoundPageHasNoFaults(t *testing.T) {
	page := sound(`<h2>More</h2><form action="/"><label for="a">A</label><input id="a" name="a"><button>Go</button></form>
<fieldset><legend>B</legend><input type="radio" id="b" name="b"><label for="b">B</label></fieldset>
<table><caption>C</caption></table><svg aria-hidden="true"><path d="M0 0"/></svg><a href="#a">to A</a>`)
	if faults := pagetest.Faults(page); len(faults) > 0 {
		t.Errorf("found %q", faults)
	}
}

func TestEachFaultIsFound(t *testing.T) {
	for inside, want := range map[string]string{
		`<h1>Another</h1>`: "it has 2 h1",
		`<h3>Deep</h3>`:    "comes after an h1",
		`<input name="a">`: "the field a has no label",
		`<label for="a"></label><input id="a" name="a">`: "says nothing",
		`<input type="radio" aria-label="A" name="a">`:   "in no group",
		`<p id="a"></p><p id="a"></p>`:                   "stands 2 times",
		`<a href="/"></a>`:                               "a a says nothing",
		`<button></button>`:                              "a button says nothing",
		`<form><button>Go</button></form>`:               "goes nowhere",
		`<table></table>`:                                "no caption",
		`<svg></svg>`:                                    "a picture",
		`<a href="#b">B</a>`:                             "leads to b",
		`<p aria-describedby="b">B</p>`:                  "names b",
		`<p style="color:red">B</p>`:                     "the policy forbids",
		`<p onclick="b()">B</p>`:                         "the policy forbids",
		`<script>b()</script>`:                           "the policy forbids",
		`<a href="#ZgotmplZ">B</a>`:                      "took href of a a away",
		`<p><b>B</p></b>`:                                "ends where",
		`<section>`:                                      "ends where",
	} {
		found := strings.Join(pagetest.Faults(sound(inside)), "\n")
		if !strings.Contains(found, want) {
			t.Errorf("%s: found %q, want %q", inside, found, want)
		}
	}
	if found := strings.Join(pagetest.Faults(`<html><body></body></html>`), "\n"); !strings.Contains(found, "does not say its language") {
		t.Errorf("found %q", found)
	}
}
