package page

import (
	"cmp"
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// Story is a page in one of its states, with people and companies that do not exist.
type Story struct {
	Name string // in its address
	View View
}

// Stories are every page of everybody's in every state, and every component. They are
// for who looks at the pages, and for what checks that everybody can use them.
func Stories() []Story {
	var all []Story
	for _, theme := range [][]Story{componentStories(), publicStories(), doorStories(), verifyStories(), journalStories()} {
		all = append(all, theme...)
	}
	return all
}

// Storybook lists the stories.
type Storybook struct{ Stories []Story }

// Template names the page.
func (*Storybook) Template() string { return "storybook" }

// Title is the page's.
func (*Storybook) Title() Text { return Say("storybook.title") }

// Components shows every component in every state.
type Components struct {
	Statuses []Status
	Humans   []HumanCard
	Errors   ErrorSummary
	Fields   []Field
	Choice   Choice
	Answers  CheckAnswers
	Lines    []Line
	Timeline Timeline
	Chain    Chain
	Progress Progress
	Proof    Proof
	Empty    Empty
	Passkey  Passkey
	Alert    Alert
	Amounts  []finance.Money
	Date     finance.Date
	Moment   time.Time
	Rate     finance.Rate
}

// Template names the page.
func (*Components) Template() string { return "components" }

// Title is the page's.
func (*Components) Title() Text { return Say("storybook.components") }

// sampleDay is the day of the stories, and the days around it.
func sampleDay(days int) finance.Date {
	return finance.DateOf(time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)).AddDays(days)
}

func sampleMoney(amount finance.Amount) finance.Money {
	return finance.Money{Amount: amount, Currency: "SEK"}
}

// sampleHuman is somebody to call who does not exist.
func sampleHuman() HumanCard {
	return HumanCard{
		Company: "Inkasso & Omsorg AB", Name: "Eva Ek", Part: Say("who.collects"), Licence: "Finansinspektionen 55-1234",
		Phone: "+46 8 500 000 00", Hours: "vardagar 8–17", Email: "eva.ek@inkasso.example", Address: "Storgatan 1\n111 22 Stockholm",
		Call: "/n/7K2M-9XQ4-T0BD-H6NW/call",
	}
}

// sampleHelp is the registry's own card.
func sampleHelp() HumanCard {
	return HumanCard{
		Company: "Registret", Name: "Maja Lind", Phone: "+46 8 123 45 67", Hours: "vardagar 8–18", Email: "hjalp@registret.example",
		Address: "Box 1\n111 11 Stockholm",
	}
}

func componentStories() []Story {
	wrong := Field{
		Name: "wrong", Label: Say("call.number"), Hint: Say("call.number.hint"), Error: Say("call.number.wrong"), Value: "abc", Type: "tel", Autocomplete: "tel",
	}
	plain := Field{Name: "plain", Label: Say("landing.code"), Hint: Say("landing.code.hint"), Spelled: true}
	lines := Field{Name: "lines", Label: Say("call.words"), Rows: 4, Optional: true, Value: "<script>alert(1)</script>"}
	choice := Choice{Name: "choice", Label: Say("call.when"), Options: []Option{
		{Value: "a", Text: Say("call.soon"), Chosen: true}, {Value: "b", Text: Say("call.evening"), Hint: Say("call.used")},
	}}
	source := Source{Name: "Räntelagen (1975:635) 6 §", Href: "https://lagen.nu/1975:635"}
	return []Story{{"components", &Components{
		Statuses: []Status{
			{ToneCalm, Say("status.open"), Say("status.open.more")}, {ToneAttention, Say("signin.unknown"), Text{}},
			{ToneStop, Say("verify.refused"), Say("verify.refused.more")}, {ToneDone, Say("status.paid"), Say("status.paid.more")},
		},
		Humans: []HumanCard{sampleHuman(), sampleHelp()},
		Errors: Summary(wrong, Field{Name: "lines", Error: Say("call.words.long", "most", maxSampleWords)}),
		Fields: []Field{plain, wrong, lines}, Choice: choice,
		Answers: CheckAnswers{Pairs: []Pair{{Say("call.comes.who"), Verbatim("Eva Ek")}, {Say("call.comes.when"), Say("call.soon")}}, Then: Say("call.comes.then")},
		Lines: []Line{
			{Text: Verbatim("Ränta"), Amount: sampleMoney(1_234_56), Parts: []LinePart{{Text: Verbatim("30 dagar på 12 000 kr"), Amount: sampleMoney(1_234_56), Source: source}}},
			{Text: Verbatim("Kostnader"), Amount: sampleMoney(0)},
		},
		Timeline: Timeline{Events: []Event{
			{On: sampleDay(-40), Text: Verbatim("Brev"), More: Verbatim("Underrättelse"), Link: Link{"/help", Say("frame.help-page")}}, {On: sampleDay(0), Text: Verbatim("Samtal")},
		}},
		Chain: Chain{Holders: []Holding{
			{Holder: "Banken AB", Since: sampleDay(-400), Notice: sampleDay(-400)}, {Holder: "Inkasso & Omsorg AB", Since: sampleDay(-3), Current: true},
		}},
		Progress: Progress{Text: Verbatim("Import"), Done: 3400, Total: 100_000},
		Proof:    Proof{Proven: []Text{Say("verify.genuine.more")}, Unproven: []Text{Say("verify.refused.more")}, Download: Link{"/help", Say("verify.file")}, Verify: Link{"/verify", Say("verify.check")}},
		Empty:    Empty{Say("landing.what.person"), Link{"/help", Say("frame.help-page")}},
		Passkey:  samplePasskey(Get),
		Alert:    Alert{Say("problem.stale.what"), Link{"/help", Say("frame.help-page")}},
		Amounts: []finance.Money{
			sampleMoney(0), sampleMoney(1_50), sampleMoney(12_345_67), sampleMoney(-1_234_567_89), {Amount: 99_95, Currency: "DKK"}, {Amount: 10_00, Currency: "EUR"},
		},
		Date: sampleDay(0), Moment: time.Date(2026, time.June, 15, 14, 30, 0, 0, time.UTC), Rate: finance.Percent(12),
	}}}
}

// maxSampleWords is the limit that a sample of a fault names.
const maxSampleWords = 500

// samplePasskey is a form that asks for a passkey in vain.
func samplePasskey(c Ceremony) Passkey {
	button := cmp.Or(map[Ceremony]Key{Create: "invited.passkey.button"}[c], "signin.button")
	return NewPasskey(c, "/signin", []byte(`{"challenge":"AAAA","rpId":"localhost"}`), Say(button))
}
