package page

// journalStories are the pages of what companies do about a person.
func journalStories() []Story {
	help, human := sampleHelp(), sampleHuman()
	what := Field{Name: "what", Label: Say("called.what"), Hint: Say("called.what.hint"), Autocomplete: "off"}
	wrong := what
	wrong.Value, wrong.Error = "ring", Say("called.wrong")
	at := LocalHour(sampleDay(-1), 10)
	contact := JournalRow{
		At:    at,
		Text:  Say("journal.contact.out", "staff", "Karin Holm", "company", human.Company, "channel", Say("means.phone"), "topic", Say("topic.plan")),
		Ask:   Link{"/s/" + sampleCode, Say("journal.ask")},
		About: Link{"/me", Say("journal.note")},
	}
	decision := JournalRow{
		At: at, Text: Say("journal.decided", "company", human.Company), Outcome: "Påminnelse", Why: "<script>alert(1)</script>", Rule: "reminder@3",
		Facts: []Fact{{Say("fact.days_past_due"), "12"}, {Verbatim("amount"), "1 200 kr"}}, Review: Link{"/me", Say("journal.review")},
	}
	caller := &Caller{
		Text: Say("called.by.phone", "staff", "Karin Holm", "company", human.Company, "time", at), Topic: Say("topic.payment"), Human: human,
	}
	known := *caller
	known.Mine = &contact
	scales := []Scale{
		{Name: "overall", Label: Say("follow.overall"), Least: Say("follow.overall.least"), Most: Say("follow.overall.most"), Chosen: 7},
		{Name: "ideal", Label: Say("follow.ideal"), Least: Say("follow.ideal.least"), Most: Say("follow.ideal.most"), Error: Say("follow.missing")},
	}
	follow := &FollowUp{
		Action: "/s/" + sampleCode, Text: Say("follow.text", "company", human.Company, "date", sampleDay(-1)), Scales: scales,
		Words:  Field{Name: "words", Label: Say("follow.words"), Hint: Say("follow.words.hint"), Rows: 4, Optional: true},
		Number: Field{Name: "number", Label: Say("follow.number"), Hint: Say("follow.number.hint"), Type: "tel", Autocomplete: "tel", Optional: true},
		Human:  human,
	}
	sign := Link{"/signin", Say("frame.sign-in")}
	return []Story{
		{"who-called", &WhoCalled{What: what, Help: help}},
		{"who-called-wrong", &WhoCalled{What: wrong, Help: help}},
		{"who-called-unknown", &WhoCalled{What: what, Unknown: true, Help: help}},
		{"who-called-code", &WhoCalled{What: what, Caller: caller, Sign: sign, Help: help}},
		{"who-called-mine", &WhoCalled{What: what, Caller: &known, Help: help}},
		{"who-called-number", &WhoCalled{
			What: what, Numbers: []NumberUser{{Say("called.number", "company", human.Company), human}}, Mine: []JournalRow{contact, decision}, Help: help,
		}},
		{"follow-up", follow},
		{"followed-up", &FollowedUp{Call: true, By: at, Human: human}},
		{"follow-up-over", &FollowedUp{Over: true, Human: help}},
	}
}
