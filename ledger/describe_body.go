package ledger

var (
	labelAmount    = words{"Belopp", "Beløb", "Amount"}
	labelReason    = words{"Skäl", "Begrundelse", "Reason"}
	labelBook      = words{"Bok", "Bog", "Book"}
	labelKind      = words{"Slag", "Art", "Kind"}
	labelName      = words{"Namn", "Navn", "Name"}
	labelKey       = words{"Nyckel", "Nøgle", "Key"}
	labelNewKey    = words{"Ny nyckel", "Ny nøgle", "New key"}
	labelTransfer  = words{"Överlåtelse", "Overdragelse", "Transfer"}
	labelReference = words{"Referens", "Reference", "Reference"}
	labelAnswer    = words{"Svar", "Svar", "Answer"}
	labelUntil     = words{"Till och med", "Til og med", "Until"}
	labelNote      = words{"Skuldebrev", "Gældsbrev", "Note"}
	labelRecovery  = words{"Nyckelbyte nummer", "Nøgleskifte nummer", "Recovery number"}
	labelKnownBy   = words{"Personen är identifierad genom", "Personen er identificeret ved", "The person was identified by"}
)

// addBody adds the terms of a command, one on a line.
func (t *textOf) addBody(c *Command, b body) {
	switch b := b.(type) {
	case *OfferBody:
		t.lines = append(t.lines, written{c.By, b.Payee, b.makers(), &b.Terms, b.Text}.lines(t.lang)...)
		t.add(labelBook, string(b.Book))
		t.add(words{"Svara före", "Svar før", "Answer by"}, t.lang.Moment(b.AnswerBy))
	case *AcceptBody:
		t.add(words{"Erbjudandets fingeravtryck", "Tilbuddets fingeraftryk", "Digest of the offer"}, b.Offer.String())
	case *ReasonBody:
		t.add(labelReason, b.Reason)
	case *FreezeBody:
		t.add(words{"Grund", "Grundlag", "Ground"}, b.Ground)
	case *BookMoveBody:
		t.add(labelBook, string(b.Book))
	case *DisputeRaiseBody:
		t.add(words{"Invändning", "Indsigelse", "Objection"}, b.Text)
	case *DisputeResolveBody:
		t.add(words{"Invändning nummer", "Indsigelse nummer", "Dispute number"}, itoa(b.Dispute))
		t.say(words{"Utfall", "Udfald", "Outcome"}, disputeOutcomes[b.Outcome])
		t.add(labelAnswer, b.Text)
	default:
		if !t.addTransfer(b) && !t.addMoney(b) && !t.addRelief(b) && !t.addAgreement(b) {
			t.addParty(b)
		}
	}
}

// addTransfer adds the terms of who holds and collects.
func (t *textOf) addTransfer(b body) bool {
	switch b := b.(type) {
	case *TransferOfferBody:
		t.add(words{"Till", "Til", "To"}, string(b.To))
		t.say(labelKind, transferKinds[b.Kind])
		t.say(words{"Form", "Form", "Form"}, endorsementForms[b.Form])
		if b.Recourse {
			t.say(words{"Ansvar", "Hæftelse", "Liability"}, words{"överlåtaren svarar för att det betalas", "overdrageren hæfter for, at det betales", "the transferor answers for payment"})
		}
	case *TransferAcceptBody:
		t.add(labelTransfer, string(b.Transfer))
		t.add(labelBook, string(b.Book))
	case *TransferBody:
		t.add(labelTransfer, string(b.Transfer))
		t.add(labelReason, b.Reason)
	case *NoticeBody:
		t.add(words{"Innehavare", "Indehaver", "Holder"}, string(b.Holder))
		t.add(words{"Underrättad den", "Underrettet den", "Told on"}, t.lang.Date(b.DeliveredOn))
		t.say(words{"Genom", "Gennem", "By"}, noticeChannels[b.Channel])
		if !b.Content.IsZero() {
			t.add(words{"Innehållets fingeravtryck", "Indholdets fingeraftryk", "Digest of the content"}, b.Content.String())
		}
	default:
		return false
	}
	return true
}

// addMoney adds the terms of what was paid or forgiven.
func (t *textOf) addMoney(b body) bool {
	switch b := b.(type) {
	case *PayBody:
		t.add(labelAmount, t.lang.Money(b.Amount))
		t.add(labelPaidOn, t.lang.Date(b.PaidOn))
		t.add(labelReference, b.Reference)
		if b.Claim > 0 {
			t.add(labelClaim, itoa(b.Claim))
		}
	case *PayReverseBody:
		t.add(words{"Betalning nummer", "Betaling nummer", "Payment number"}, itoa(b.Payment))
		t.add(labelReason, b.Reason)
	case *ForgiveBody:
		t.add(labelAmount, t.lang.Money(b.Amount))
		t.add(labelReason, b.Reason)
	default:
		return false
	}
	return true
}

// addParty adds the terms of who a party is, how it is reached, who acts for it
// and which keys it has.
func (t *textOf) addParty(b body) {
	switch b := b.(type) {
	case *RegisterBody:
		t.say(labelKind, partyKinds[b.Kind])
		t.add(labelName, b.Name)
		t.addKeys(labelKey, b.Keys)
	case *RotateBody:
		t.addKeys(labelNewKey, b.Add)
		for _, id := range b.Remove {
			t.add(words{"Nyckel som upphör", "Nøgle, der ophører", "Key that ends"}, id)
		}
	case *Contact:
		t.addContact(b)
	case *AttorneyGrantBody:
		t.addAttorney(b)
	case *AttorneyRevokeBody:
		t.add(words{"Fullmakt nummer", "Fuldmagt nummer", "Power of attorney number"}, itoa(b.Grant))
		t.add(labelReason, b.Reason)
	case *RecoveryOpenBody:
		t.addKeys(labelNewKey, b.Keys)
		t.add(labelKnownBy, b.Identified)
		t.add(words{"Bekräftas av", "Bekræftes af", "To be confirmed by"}, string(b.Witness))
	case *RecoveryConfirmBody:
		t.add(labelRecovery, itoa(b.Recovery))
		for _, id := range b.Keys {
			t.add(labelNewKey, id)
		}
		t.add(labelKnownBy, b.Identified)
	case *RecoveryObjectBody:
		t.add(labelRecovery, itoa(b.Recovery))
		t.add(labelReason, b.Reason)
	case *RecoveryCompleteBody:
		t.add(labelRecovery, itoa(b.Recovery))
	}
}

// addKeys names each key, and the pages that a passkey signs for.
func (t *textOf) addKeys(label words, keys []Key) {
	for _, k := range keys {
		value := k.ID
		if k.Passkey != nil {
			value += " (passkey, " + k.Passkey.Origin + ")"
		}
		t.add(label, value)
	}
}

func (t *textOf) addContact(b *Contact) {
	t.add(words{"Kontaktperson", "Kontaktperson", "Contact person"}, b.Human)
	t.add(words{"Telefon", "Telefon", "Telephone"}, b.Phone)
	t.add(words{"Öppettider", "Åbningstider", "Hours"}, b.Hours)
	t.add(words{"E-post", "E-mail", "E-mail"}, b.Email)
	t.add(words{"Adress", "Adresse", "Address"}, b.Address)
	t.add(words{"Tillstånd", "Tilladelse", "Licence"}, b.Licence)
	t.add(words{"Webbplats", "Websted", "Web site"}, b.Web)
	t.add(words{"Konto för betalningar", "Konto til betalinger", "Account for payments"}, b.Account)
}

func (t *textOf) addAttorney(b *AttorneyGrantBody) {
	t.add(words{"Ombud", "Repræsentant", "Representative"}, string(b.Representative))
	for _, s := range b.Scopes {
		t.say(words{"Får", "Må", "May"}, attorneyScopes[s])
	}
	if len(b.Notes) == 0 {
		t.say(labelNote, words{"alla dina skuldebrev", "alle dine gældsbreve", "all your notes"})
	}
	for _, n := range b.Notes {
		t.add(labelNote, string(n))
	}
	t.add(labelUntil, t.lang.Date(b.Until))
	t.say(words{"Grund", "Grundlag", "Ground"}, attorneyGrounds[b.Ground])
	t.add(words{"Underlag", "Dokumentation", "Evidence"}, b.Evidence)
}

var (
	partyKinds = map[PartyKind]words{
		Person:    {"person", "person", "person"},
		Company:   {"företag", "virksomhed", "company"},
		Authority: {"myndighet", "myndighed", "authority"},
	}
	transferKinds = map[TransferKind]words{
		Sale:              {"försäljning", "salg", "sale"},
		PledgeTransfer:    {"pant: den andra råder över skuldebrevet som säkerhet", "pant: den anden råder over gældsbrevet som sikkerhed", "pledge: the other controls the note, as security"},
		CollectionMandate: {"uppdrag att driva in, och inget mer", "mandat til at inddrive og ikke mere", "mandate to collect, and nothing more"},
	}
	endorsementForms = map[EndorsementForm]words{
		InFull:  {"till en namngiven", "til en navngiven", "to a named party"},
		InBlank: {"in blanco, utan att nämna någon", "in blanco, uden at nævne nogen", "in blank, naming nobody"},
	}
	noticeChannels = map[string]words{
		"letter":  {"brev", "brev", "letter"},
		"email":   {"e-post", "e-mail", "e-mail"},
		"message": {"meddelande", "besked", "message"},
		"portal":  {"egen sida på nätet", "egen side på nettet", "own page on the web"},
	}
	disputeOutcomes = map[DisputeOutcome]words{
		Upheld:    {"låntagaren hade rätt", "låntageren havde ret", "the borrower was right"},
		Dismissed: {"låntagaren hade inte rätt", "låntageren havde ikke ret", "the borrower was not right"},
		Withdrawn: {"låntagaren tar tillbaka den", "låntageren trækker den tilbage", "the borrower withdraws it"},
	}
	attorneyScopes = map[AttorneyScope]words{
		ScopeSee:   {"se dina skuldebrev", "se dine gældsbreve", "see your notes"},
		ScopeTalk:  {"tala för dig, invända och säga vad som är betalt", "tale for dig, gøre indsigelse og sige, hvad der er betalt", "speak for you, object, and say what is paid"},
		ScopeAgree: {"komma överens om en plan eller en paus", "aftale en plan eller en pause", "agree on a plan or a pause"},
		ScopeSign:  {"skriva under lån eller säga nej till dem", "underskrive lån eller sige nej til dem", "sign loans or say no to them"},
	}
	attorneyGrounds = map[AttorneyGround]words{
		GroundPower:    {"din egen fullmakt", "din egen fuldmagt", "your own power of attorney"},
		GroundGuardian: {"god man eller förvaltare", "værge", "guardian"},
		GroundRelative: {"anhörig", "pårørende", "relative"},
		GroundPaper:    {"fullmakt på papper", "fuldmagt på papir", "power of attorney on paper"},
	}
)
