package code_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/code"
)

func TestContactsCodeIsShortAndIsReadHoweverItIsTyped(t *testing.T) {
	drawn, err := code.NewContact(strings.NewReader("1234567"))
	if err != nil || drawn.String() != "64S36-D1N6R" {
		t.Fatalf("it is %s, %v", drawn, err)
	}
	for _, typed := range []string{"64S36-D1N6R", "64s36d1n6r", " 64S36 DIN6R ", "6 4 S 3 6 D L N 6 R"} {
		if got, ok := code.ReadContact(typed); !ok || got != drawn {
			t.Errorf("%q is read as %q, %t", typed, string(got), ok)
		}
	}
	for _, typed := range []string{"", "64S36-D1N6", "64S36-D1N6RR", "64S36-D1N6U", "0123-ABCD-1101-VWXY", "+46701234567"} {
		if got, ok := code.ReadContact(typed); ok {
			t.Errorf("%q is read as %q", typed, string(got))
		}
	}
	if _, err := code.NewContact(bytes.NewReader(nil)); err == nil {
		t.Error("a code is drawn from nothing")
	}
}

func TestWhatIsKeptOfCodesTellsTheKindsApart(t *testing.T) {
	if code.Contact("64S36D1N6R").Hash() == code.Code("64S36D1N6R").Hash() {
		t.Error("one digest stands for a contact's code and for another one")
	}
}
