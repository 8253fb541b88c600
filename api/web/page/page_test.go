package page

import (
	"bytes"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/web/page/pagetest"
	"github.com/skuld-registry/skuld/ledger"
)

func write(t *testing.T, f Frame, v View) string {
	t.Helper()
	set, err := NewSet()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := set.Write(&b, f, v); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestEveryStoryIsSoundInEveryLanguage reads each page in each of its states, before
// and after sign-in.
func TestEveryStoryIsSoundInEveryLanguage(t *testing.T) {
	set, err := NewSet()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, story := range Stories() {
		if names[story.Name] {
			t.Errorf("two stories are called %s", story.Name)
		}
		names[story.Name] = true
		for _, language := range ledger.Languages() {
			frame := Frame{Language: language, Service: "Registret", Help: sampleHelp()}
			for _, signedIn := range []bool{false, true} {
				if signedIn {
					frame.Person, frame.Private = &Visitor{Name: "Anna", Token: "t"}, true
					frame.Alert = &Alert{Say("problem.stale.what"), Link{"/", Say("frame.to-the-page")}}
				}
				var b bytes.Buffer
				if err := set.Write(&b, frame, story.View); err != nil {
					t.Fatalf("%s in %s: %v", story.Name, language, err)
				}
				for _, fault := range pagetest.Faults(b.String()) {
					t.Errorf("%s in %s: %s", story.Name, language, fault)
				}
			}
		}
	}
}

// TestWhatSomebodyWroteIsNeverMarkUp: a company's name and a borrower's words reach
// the page as text, in every place that takes one.
func TestWhatSomebodyWroteIsNeverMarkUp(t *testing.T) {
	const hostile = `"><script>alert(1)</script><a href='javascript:alert(1)'>{holder}`
	human := HumanCard{Company: hostile, Name: hostile, Phone: hostile, Hours: hostile, Email: hostile, Address: hostile, Licence: hostile}
	frame := Frame{Language: ledger.English, Service: hostile, Help: human, Person: &Visitor{Name: hostile, Token: hostile}}
	for _, v := range []View{
		&NoteStatus{Code: hostile, Status: Status{Text: Verbatim(hostile)}, Holder: hostile, Servicer: hostile, Licence: hostile, Lender: hostile, Human: human, Talk: hostile, More: hostile},
		&CallMe{Path: hostile, Human: human, Number: Field{Name: "number", Label: Say("call.number"), Value: hostile}, When: Choice{Name: "when", Label: Verbatim(hostile)}, Words: Field{Name: "words", Label: Say("call.words"), Rows: 2, Value: hostile}},
		&CallComes{Path: hostile, Human: human, Number: hostile},
		&Invitation{Step: StepSign, By: hostile, Purpose: "borrower", Signs: hostile, Exact: hostile, Passkey: NewPasskey(Get, hostile, []byte(hostile), Say("signin.button")), Help: human},
		&Problem{Heading: Verbatim(hostile), Text: Say("call.waiting", "who", hostile), Help: human},
		&Verified{Refused: true, Faults: []Text{Verbatim(hostile)}, Status: Status{Text: Verbatim(hostile)}, Help: human},
	} {
		text := write(t, frame, v)
		if strings.Contains(text, "<script>alert") || strings.Contains(text, "<a href='javascript") {
			t.Errorf("%s: what somebody wrote runs:\n%s", v.Template(), text)
		}
		for _, link := range []string{`href="javascript`, `href="&#34;`} {
			if strings.Contains(text, link) {
				t.Errorf("%s: what somebody wrote is an address: %s", v.Template(), link)
			}
		}
	}
}

func TestNumberIsDialledByItsDigitsAlone(t *testing.T) {
	for phone, want := range map[string]string{
		"+46 8 123 45 67": "tel:+4681234567", "08-123 45 67": "tel:081234567", "javascript:1": "tel:1", "": "tel:", "1+2": "tel:12",
	} {
		if got := (HumanCard{Phone: phone}).Dial(); string(got) != want {
			t.Errorf("%q is dialled as %s, want %s", phone, got, want)
		}
	}
}

func TestInitialsStandForAName(t *testing.T) {
	for name, want := range map[string]string{"Eva Ek": "EE", "Anna Maria af Ström": "AS", "åsa": "Å", "": "R"} {
		if got := (HumanCard{Name: name, Company: "Registret"}).Initials(); got != want {
			t.Errorf("%q has the initials %q, want %q", name, got, want)
		}
	}
}
