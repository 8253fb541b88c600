package page

import "time"

// sampleCode is a code that is no note's.
const sampleCode = "7K2M-9XQ4-T0BD-H6NW"

// sampleMark is the mark of a passkey that nobody has.
const sampleMark = "Zy3a Qm1x R7_c"

func publicStories() []Story {
	help, human := sampleHelp(), sampleHuman()
	code := Field{Name: "code", Label: Say("landing.code"), Hint: Say("landing.code.hint"), Spelled: true, Autocomplete: "off"}
	wrong := code
	wrong.Error, wrong.Value = Say("landing.code.wrong"), "7K2M"
	number := Field{Name: "number", Label: Say("call.number"), Hint: Say("call.number.hint"), Type: "tel", Autocomplete: "tel"}
	when := Choice{Name: "when", Label: Say("call.when"), Options: []Option{
		{Value: "soon", Text: Say("call.soon"), Chosen: true}, {Value: "morning", Text: Say("call.morning")},
		{Value: "afternoon", Text: Say("call.afternoon")}, {Value: "evening", Text: Say("call.evening")},
	}}
	talk := human
	talk.Call = ""
	words := Field{Name: "words", Label: Say("call.words"), Hint: Say("call.words.hint"), Rows: 4, Optional: true}
	faulty := number
	faulty.Error, faulty.Value = Say("call.number.wrong"), "ring"
	noteStatus := func(s Status) *NoteStatus {
		return &NoteStatus{
			Code: sampleCode, Status: s, Holder: "Inkasso & Omsorg AB", Since: sampleDay(-3), Lender: "Banken AB", Human: human,
			Talk: "/n/" + sampleCode + "/call", More: "/n/" + sampleCode + "/note",
		}
	}
	collected := noteStatus(Status{ToneCalm, Say("status.open"), Say("status.open.more")})
	collected.Holder, collected.Lender = "Banken AB", ""
	collected.Human.Licence = ""
	collected.Servicer, collected.From, collected.Licence = "Inkasso & Omsorg AB", sampleDay(-20), "Finansinspektionen 55-1234"
	offered := noteStatus(Status{ToneCalm, Say("status.offered"), Say("status.offered.more")})
	offered.Holder, offered.Lender, offered.Since = "Banken AB", "", sampleDay(0).AddDays(-1)
	paid := noteStatus(Status{ToneDone, Say("status.paid"), Say("status.paid.more")})
	paid.Holder, paid.Lender = "", ""
	void := noteStatus(Status{ToneStop, Say("status.void"), Say("status.void.more")})
	return []Story{
		{"landing", &Landing{Code: code, Help: help}},
		{"landing-wrong", &Landing{Code: wrong, Help: help}},
		{"status-open", noteStatus(Status{ToneCalm, Say("status.open"), Say("status.open.more")})},
		{"status-collected", collected},
		{"status-offered", offered},
		{"status-paid", paid},
		{"status-void", void},
		{"call", &CallMe{Path: "/n/" + sampleCode, Human: talk, Number: number, When: when, Words: words}},
		{"call-wrong", &CallMe{Path: "/n/" + sampleCode, Human: talk, Number: faulty, When: when, Words: words}},
		{"call-comes", &CallComes{Path: "/n/" + sampleCode, Human: talk, Number: "070-123 45 67", By: LocalHour(sampleDay(0), 12)}},
		{"call-waiting", &CallComes{Path: "/n/" + sampleCode, Human: talk, Waiting: true}},
		{"help", &HelpPage{Help: help}},
		{"lost", &Lost{Help: help}},
		{"not-found", &Problem{
			Heading: Say("problem.not-found"), Text: Say("problem.not-found.what"), Help: help, Links: []Link{{"/", Say("frame.to-the-page")}},
		}},
		{"code-unknown", &Problem{
			Heading: Say("problem.code"), Text: Say("problem.code.what"), Help: help,
			Links: []Link{{"/", Say("problem.code.try")}, {"/help", Say("frame.help-page")}},
		}},
		{"busy", &Problem{Heading: Say("problem.busy"), Text: Count("problem.busy.what", 3), Help: help, Links: []Link{{"/", Say("frame.to-the-page")}}}},
		{"ours", &Problem{
			Heading: Say("problem.ours"), Text: Say("problem.ours.what"), Request: "0123456789abcdef01234567", Help: help,
			Links: []Link{{"/", Say("frame.to-the-page")}},
		}},
	}
}

func doorStories() []Story {
	help := sampleHelp()
	invited := func(step Step, purpose string) *Invitation {
		i := &Invitation{Step: step, By: "Banken AB", Purpose: purpose, Help: help, Action: "/i/" + sampleCode + "/join"}
		switch step {
		case StepCreate:
			i.Passkey = samplePasskey(Create)
			i.Sign = Link{"/signin", Say("invited.have.link")}
		case StepSign:
			i.Passkey = samplePasskey(Get)
			i.Signs, i.Exact = "Du registrerar dig som part med dessa nycklar.\nSlag: person", `{"by":"p…","op":"party.register","v":1}`
		case StepJoin:
			i.Name = "Anna Andersson"
		case StepDone:
			i.Mark = sampleMark
		}
		return i
	}
	replaced := func(state Waiting) *Replacement {
		at := time.Date(2026, time.June, 15, 10, 2, 0, 0, time.UTC)
		return &Replacement{
			State: state, Mark: sampleMark, By: "Registret", At: at, Witness: "Inkasso & Omsorg AB", From: at.Add(16 * day), Until: at.Add(60 * day), Help: help,
			Passkey: NewPasskey(Get, "/lost/completion", []byte(samplePasskey(Get).Options), Say("sign.button")), Signs: "Du tar de nya nycklarna i bruk.", Exact: `{"op":"recovery.complete","v":1}`, Action: "/lost/completion",
		}
	}
	failed := invited(StepCreate, "borrower")
	failed.Failed = Say("invited.failed")
	helper := invited(StepCreate, "helper")
	helper.By = "Sven Svensson"
	return []Story{
		{"sign-in", &SignIn{Passkey: samplePasskey(Get), Help: help}},
		{"sign-in-failed", &SignIn{Passkey: samplePasskey(Get), Failed: Say("signin.unknown"), Help: help}},
		{"invited", invited(StepCreate, "borrower")},
		{"invited-failed", failed},
		{"invited-helper", helper},
		{"invited-device", invited(StepCreate, "device")},
		{"invited-recovery", invited(StepCreate, "recovery")},
		{"invited-sign", invited(StepSign, "borrower")},
		{"invited-again", invited(StepAgain, "borrower")},
		{"invited-join", invited(StepJoin, "borrower")},
		{"invited-device-done", invited(StepDone, "device")},
		{"invited-recovery-done", invited(StepDone, "recovery")},
		{"replacement-opening", replaced(WaitOpening)},
		{"replacement-confirm", replaced(WaitConfirm)},
		{"replacement-time", replaced(WaitTime)},
		{"replacement-sign", replaced(WaitSign)},
		{"replacement-outcome", replaced(WaitOutcome)},
	}
}

func verifyStories() []Story {
	help := sampleHelp()
	file := Field{Name: "file", Type: "file", Label: Say("verify.file"), Hint: Say("verify.file.hint"), Accept: ".json,.html"}
	wrong := file
	wrong.Error = Say("verify.none")
	at := time.Date(2026, time.June, 15, 10, 2, 0, 0, time.UTC)
	return []Story{
		{"verify", &Verify{File: file, Help: help}},
		{"verify-wrong", &Verify{File: wrong, Help: help}},
		{"verified", &Verified{
			Status: Status{ToneDone, Say("verify.genuine"), Say("verify.genuine.more")}, AsOf: at, Help: help,
			Payment: &ProvenPayment{Amount: sampleMoney(1_250_00), On: sampleDay(-2), By: "Inkasso & Omsorg AB", Settled: true},
			Proof:   Proof{Proven: []Text{Say("landing.what.payer")}, Unproven: []Text{Say("landing.what.person")}},
			Note:    Link{"/n/" + sampleCode, Say("verify.note")},
		}},
		{"verify-refused", &Verified{
			Status: Status{ToneStop, Say("verify.refused"), Say("verify.refused.more")}, Refused: true, Help: help,
			Faults: []Text{Verbatim("The signature of entry 7 does not fit the command and the key.")},
		}},
	}
}
