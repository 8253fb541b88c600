package document

import "github.com/skuld-registry/skuld/ledger"

// text is one text in every language.
type text map[ledger.Language]string

func say(sv, da, en string) text {
	return text{ledger.Swedish: sv, ledger.Danish: da, ledger.English: en}
}

// words are the page's own texts, by their keys.
var words = map[string]text{
	"evidence": say("Bevis om ett skuldebrev", "Bevis om et gældsbrev", "Evidence of a note"),
	"receipt":  say("Kvitto på en betalning", "Kvittering for en betaling", "Receipt of a payment"),
	"copy":     say("KOPIA", "KOPI", "COPY"),
	"copy.what": say(
		"Originalet är posten i registret, och den kan bara flyttas av den som råder över skuldebrevet. Den här filen är en kopia: den bevisar vad registret sade vid tiden nedan, men den som har filen har inte skuldebrevet.",
		"Originalen er posten i registret, og den kan kun flyttes af den, der råder over gældsbrevet. Denne fil er en kopi: den beviser, hvad registret sagde på tidspunktet nedenfor, men den, der har filen, har ikke gældsbrevet.",
		"The original is the entry in the register, which only whoever controls the note can move. This file is a copy: it proves what the register said at the time below, but to have the file is not to have the note."),
	"copy.discharge": say(
		"Skuldebrevet är återlämnat. Den här filen är låntagarens bevis på det.",
		"Gældsbrevet er leveret tilbage. Denne fil er låntagerens bevis på det.",
		"The note has been handed back. This file is the borrower's proof of it."),
	"verdict.genuine":    say("Äkta: allt stämmer.", "Ægte: alt stemmer.", "Genuine: everything holds."),
	"verdict.consistent": say("Allt stämmer inom filen. Jämför registrets kontrollsumma nedan.", "Alt stemmer inden for filen. Sammenlign registrets kontrolsum nedenfor.", "Everything holds within the file. Compare the network's digest below."),
	"qr":                 say("QR-kod till skuldebrevets sida", "QR-kode til gældsbrevets side", "QR code of the note's page"),
	"today":              say("Läget i dag:", "Tilstanden i dag:", "Where it stands today:"),

	"note":    say("Skuldebrev", "Gældsbrev", "Note"),
	"status":  say("Läge", "Tilstand", "Status"),
	"as_of":   say("Gäller", "Gælder", "As of"),
	"entries": say("Antal poster", "Antal poster", "Number of entries"),
	"holder":  say("Innehavare", "Indehaver", "Holder"),
	"left":    say("Kapital kvar", "Restgæld", "Principal left"),
	"payment": say("Betalningen", "Betalingen", "The payment"),
	"proven":  say("Vad som är bevisat", "Hvad der er bevist", "What is proven"),
	"open":    say("Vad som inte är bevisat", "Hvad der ikke er bevist", "What is not proven"),
	"says":    say("Vad skuldebrevet säger", "Hvad gældsbrevet siger", "What the note says"),
	"parties": say("Parter", "Parter", "Parties"),
	"role":    say("Roll", "Rolle", "Role"),
	"name":    say("Namn", "Navn", "Name"),
	"id":      say("Beteckning", "Betegnelse", "Id"),

	"schedule":  say("Betalningsplan", "Betalingsplan", "Schedule"),
	"number":    say("Nr", "Nr.", "No."),
	"pay_by":    say("Senast", "Senest", "Pay by"),
	"to_pay":    say("Att betala", "At betale", "To pay"),
	"principal": say("Kapital", "Hovedstol", "Principal"),
	"interest":  say("Ränta", "Rente", "Interest"),
	"charges":   say("Kostnader", "Omkostninger", "Costs"),
	"state":     say("Läge", "Tilstand", "State"),
	"paid":      say("betald", "betalt", "paid"),

	"payments":     say("Betalningar", "Betalinger", "Payments"),
	"amount":       say("Belopp", "Beløb", "Amount"),
	"paid_on":      say("Betald", "Betalt", "Paid on"),
	"received_by":  say("Mottagare", "Modtager", "Received by"),
	"reversed":     say("återförd", "tilbageført", "reversed"),
	"to_costs":     say("Till kostnader", "Til omkostninger", "To costs"),
	"to_late":      say("Till dröjsmålsränta", "Til morarente", "To late interest"),
	"to_interest":  say("Till ränta", "Til rente", "To interest"),
	"to_principal": say("Till kapital", "Til hovedstol", "To principal"),
	"left_after":   say("Kapital kvar efter betalningen", "Restgæld efter betalingen", "Principal left after the payment"),

	"chain": say("Alla poster", "Alle poster", "All entries"),
	"for":   say("för", "for", "for"),
	"check": say("Kontrollera själv", "Kontrollér selv", "Check it yourself"),
	"check.how": say(
		"Själva beviset ligger i den här sidan. Spara sidan och kör \"verify\" på den, eller lägg den på registrets sida /verify. Kontrollsumman nedan ska vara den som registret har offentliggjort.",
		"Selve beviset ligger i denne side. Gem siden og kør \"verify\" på den, eller læg den på registrets side /verify. Kontrolsummen nedenfor skal være den, som registret har offentliggjort.",
		"The evidence itself lies inside this page. Save the page and run \"verify\" on it, or drop it on the registry's page /verify. The digest below must be the one that the registry has published."),
	"network": say("Registrets kontrollsumma", "Registrets kontrolsum", "The network's digest"),

	"lender":   say("långivare", "långiver", "lender"),
	"borrower": say("låntagare", "låntager", "borrower"),
	"former":   say("tidigare innehavare", "tidligere indehaver", "former holder"),
	"pledgee":  say("panthavare", "panthaver", "pledgee"),
	"servicer": say("indrivare", "inkassator", "servicer"),

	"status.offered":    say("erbjudet, inte undertecknat av alla", "tilbudt, ikke underskrevet af alle", "offered, not signed by everybody"),
	"status.active":     say("gäller", "gælder", "in force"),
	"status.frozen":     say("spärrat av en myndighet", "spærret af en myndighed", "frozen by an authority"),
	"status.discharged": say("slutbetalt eller efterskänkt, och återlämnat", "indfriet eller eftergivet, og leveret tilbage", "paid or forgiven in full, and handed back"),
	"status.void":       say("blev aldrig en skuld", "blev aldrig en gæld", "never became a debt"),
}

// deeds says what was done by each operation on a note.
var deeds = map[ledger.Op]text{
	ledger.OpOffer:            say("Erbjudande om lån", "Tilbud om lån", "Loan offered"),
	ledger.OpAccept:           say("Underskrift av låntagare", "Underskrift af låntager", "Signed by a borrower"),
	ledger.OpDecline:          say("Låntagaren sade nej", "Låntageren sagde nej", "Declined by a borrower"),
	ledger.OpWithdraw:         say("Erbjudandet togs tillbaka", "Tilbuddet blev trukket tilbage", "Offer withdrawn"),
	ledger.OpExpire:           say("Erbjudandets tid gick ut", "Tilbuddets tid udløb", "Offer expired"),
	ledger.OpBookMove:         say("Flyttat till en annan bok", "Flyttet til en anden bog", "Moved to another book"),
	ledger.OpTransferOffer:    say("Överlåtelse erbjuden", "Overdragelse tilbudt", "Transfer offered"),
	ledger.OpTransferAccept:   say("Överlåtelse mottagen", "Overdragelse modtaget", "Transfer accepted"),
	ledger.OpTransferReject:   say("Överlåtelse avvisad", "Overdragelse afvist", "Transfer rejected"),
	ledger.OpTransferWithdraw: say("Överlåtelse återtagen", "Overdragelse trukket tilbage", "Transfer withdrawn"),
	ledger.OpPledgeRelease:    say("Pant släppt", "Pant frigivet", "Pledge released"),
	ledger.OpMandateEnd:       say("Inkassouppdrag avslutat", "Inkassomandat ophørt", "Mandate ended"),
	ledger.OpNotice:           say("Låntagaren underrättad om innehavaren", "Låntageren underrettet om indehaveren", "Borrower told of the holder"),
	ledger.OpPay:              say("Betalning", "Betaling", "Payment"),
	ledger.OpPayReverse:       say("Betalning återförd", "Betaling tilbageført", "Payment reversed"),
	ledger.OpPayClaim:         say("Låntagaren säger sig ha betalat", "Låntageren siger at have betalt", "Borrower says that it has paid"),
	ledger.OpPayDeny:          say("Betalningen bestriden", "Betalingen bestridt", "Claimed payment denied"),
	ledger.OpForgive:          say("Efterskänkt", "Eftergivet", "Forgiven"),
	ledger.OpCharge:           say("Avgift", "Gebyr", "Fee charged"),
	ledger.OpRelief:           say("Avgift eller ränta nedsatt", "Gebyr eller rente nedsat", "Fee or interest taken off"),
	ledger.OpSetoff:           say("Kvittning", "Modregning", "Set off"),
	ledger.OpDebtRelief:       say("Skuldsanering", "Gældssanering", "Debt relief"),
	ledger.OpAmendPropose:     say("Ny plan föreslagen", "Ny plan foreslået", "New plan proposed"),
	ledger.OpAmendAccept:      say("Ny plan godkänd", "Ny plan godkendt", "New plan agreed to"),
	ledger.OpAmendReject:      say("Ny plan avvisad", "Ny plan afvist", "New plan rejected"),
	ledger.OpAmendWithdraw:    say("Förslag återtaget", "Forslag trukket tilbage", "Proposal withdrawn"),
	ledger.OpAccelerate:       say("Hela skulden uppsagd", "Hele gælden opsagt", "All of it to fall due"),
	ledger.OpCure:             say("Uppsägningen återtagen", "Opsigelsen trukket tilbage", "Acceleration taken back"),
	ledger.OpInterrupt:        say("Preskriptionen avbruten", "Forældelsen afbrudt", "Limitation interrupted"),
	ledger.OpDisputeRaise:     say("Invändning", "Indsigelse", "Dispute raised"),
	ledger.OpDisputeResolve:   say("Invändning avslutad", "Indsigelse afsluttet", "Dispute resolved"),
	ledger.OpFreeze:           say("Spärrat av en myndighet", "Spærret af en myndighed", "Frozen by an authority"),
	ledger.OpRelease:          say("Spärren hävd", "Spærringen ophævet", "Released by the authority"),
	ledger.OpErase:            say("Raderat", "Slettet", "Erased"),
}
