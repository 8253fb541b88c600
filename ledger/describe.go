package ledger

// words is one text in the three languages.
type words struct{ sv, da, en string }

func (w words) in(lang Language) string {
	switch lang {
	case Swedish:
		return w.sv
	case Danish:
		return w.da
	}
	return w.en
}

// Describe says in plain words what a command does, for the person who is to
// sign it: the act in a sentence, then each term on a line, then until when the
// signature may be used. It reads the command itself, so that the words cannot
// differ from what is signed.
func Describe(c *Command, lang Language) (string, error) {
	act, lines, err := DescribeLines(c, lang)
	if err != nil {
		return "", err
	}
	return act + "\n" + text(lines), nil
}

// DescribeLines is Describe with the act and its terms apart. A value may be a
// person's own words, with lines of their own.
func DescribeLines(c *Command, lang Language) (act string, lines []Line, err error) {
	b, err := decodeBody(c)
	if err != nil {
		return "", nil, err
	}
	t := textOf{lang: lang}
	t.addBody(c, b)
	t.add(words{"För", "For", "On behalf of"}, string(c.For))
	if s := c.Subject(); !operations[c.Op].creates {
		t.add(kinds[s.Kind], s.ID+" ("+itoa(c.Seq)+")")
	}
	t.add(words{"Signaturen kan användas till", "Underskriften kan bruges indtil", "The signature can be used until"}, lang.Moment(c.ExpiresAt))
	says := acts[c.Op]
	if claim, is := b.(*PayClaimBody); is && claim.SetOff {
		says = setOffClaimed
	}
	return says.in(lang), t.lines, nil
}

// setOffClaimed is what a pay.claim says of which nothing was paid.
var setOffClaimed = words{
	"Du kvittar: du säger att den andra sidan är skyldig dig så mycket. Svar ska komma inom 14 dagar.",
	"Du modregner: du siger, at den anden side skylder dig så meget. Svar skal komme inden 14 dage.",
	"You set off: you say that the other side owes you as much. An answer is due within 14 days.",
}

var kinds = map[Kind]words{
	KindNote:  {"Skuldebrev", "Gældsbrev", "Note"},
	KindBook:  {"Bok", "Bog", "Book"},
	KindParty: {"Part", "Part", "Party"},
}

// acts says what each operation does, to the person who signs it.
var acts = map[Op]words{
	OpPartyRegister:    {"Du registrerar dig som part med dessa nycklar.", "Du registrerer dig som part med disse nøgler.", "You register as a party with these keys."},
	OpPartyRotate:      {"Du byter nycklar.", "Du skifter nøgler.", "You change your keys."},
	OpPartyRevoke:      {"Du avslutar dig som part. Dina nycklar kan sedan inte signera något mer.", "Du ophører som part. Dine nøgler kan derefter ikke underskrive mere.", "You end yourself as a party. Your keys can sign nothing more after this."},
	OpPartyAdmit:       {"Du godkänner att parten får handla som myndighet.", "Du godkender, at parten må handle som myndighed.", "You let the party act as an authority."},
	OpPartyContact:     {"Du anger hur man når er.", "Du angiver, hvordan man når jer.", "You say how you are reached."},
	OpAttorneyGrant:    {"Du låter någon annan handla för dig, inom de gränser som står här. Du kan ta tillbaka fullmakten när du vill.", "Du lader en anden handle for dig inden for de grænser, der står her. Du kan tage fuldmagten tilbage, når du vil.", "You let somebody else act for you, within the limits below. You can take the power back at any time."},
	OpAttorneyRevoke:   {"Du avslutar en fullmakt.", "Du afslutter en fuldmagt.", "You end a power of attorney."},
	OpRecoveryOpen:     {"Du öppnar ett byte av förlorade nycklar för en person som du har identifierat.", "Du åbner en udskiftning af mistede nøgler for en person, som du har identificeret.", "You open a recovery of lost keys for a person whom you have identified."},
	OpRecoveryConfirm:  {"Du bekräftar, på en annan väg, att personen är den som ska ha de nya nycklarna.", "Du bekræfter ad en anden vej, at personen er den, der skal have de nye nøgler.", "You confirm, by another way, that the person is who shall have the new keys."},
	OpRecoveryObject:   {"Du stoppar bytet av nycklar.", "Du standser udskiftningen af nøgler.", "You stop the recovery of keys."},
	OpRecoveryComplete: {"Du tar de nya nycklarna i bruk. De gamla upphör.", "Du tager de nye nøgler i brug. De gamle ophører.", "You put the new keys in force. The old ones end."},
	OpBookOpen:         {"Du öppnar en bok för skuldebrev.", "Du åbner en bog for gældsbreve.", "You open a book for notes."},
	OpBookMove:         {"Du flyttar skuldebrevet till en annan av dina böcker.", "Du flytter gældsbrevet til en anden af dine bøger.", "You move the note to another of your books."},
	OpOffer:            {"Du erbjuder ett lån. När alla låntagare har skrivit under är det en skuld.", "Du tilbyder et lån. Når alle låntagere har skrevet under, er det en gæld.", "You offer a loan. When every borrower has signed, it is a debt."},
	OpAccept:           {"Du skriver under skuldebrevet och lovar att betala det.", "Du underskriver gældsbrevet og lover at betale det.", "You sign the note and promise to pay it."},
	OpDecline:          {"Du säger nej till lånet.", "Du siger nej til lånet.", "You say no to the loan."},
	OpWithdraw:         {"Du tar tillbaka erbjudandet.", "Du trækker tilbuddet tilbage.", "You take the offer back."},
	OpExpire:           {"Du konstaterar att erbjudandets tid är ute.", "Du konstaterer, at tilbuddets tid er udløbet.", "You state that the offer's time is over."},
	OpTransferOffer:    {"Du erbjuder någon skuldebrevet, eller en rätt i det.", "Du tilbyder nogen gældsbrevet eller en ret i det.", "You offer somebody the note, or a right in it."},
	OpTransferAccept:   {"Du tar emot skuldebrevet, eller rätten i det.", "Du modtager gældsbrevet eller retten i det.", "You accept the note, or the right in it."},
	OpTransferReject:   {"Du säger nej till överlåtelsen.", "Du siger nej til overdragelsen.", "You say no to the transfer."},
	OpTransferWithdraw: {"Du tar tillbaka överlåtelsen.", "Du trækker overdragelsen tilbage.", "You take the transfer back."},
	OpPledgeRelease:    {"Du släpper panten. Innehavaren råder åter över skuldebrevet.", "Du frigiver pantet. Indehaveren råder igen over gældsbrevet.", "You release the pledge. The holder controls the note again."},
	OpMandateEnd:       {"Uppdraget att driva in avslutas.", "Mandatet til at inddrive ophører.", "The mandate to collect ends."},
	OpNotice:           {"Du intygar att låntagaren har underrättats om vem som innehar skuldebrevet.", "Du bekræfter, at låntageren er underrettet om, hvem der har gældsbrevet.", "You state that the borrower has been told who holds the note."},
	OpPay:              {"Du intygar att du har tagit emot en betalning. Den skrivs på skuldebrevet.", "Du bekræfter, at du har modtaget en betaling. Den skrives på gældsbrevet.", "You state that you have received a payment. It is written on the note."},
	OpPayReverse:       {"Du tar tillbaka en felaktig bokning av en betalning.", "Du tilbagefører en forkert bogført betaling.", "You take back a payment that was booked by mistake."},
	OpForgive:          {"Du efterskänker en del av skulden.", "Du eftergiver en del af gælden.", "You forgive a part of the debt."},
	OpCharge:           {"Du lägger en avgift till skulden.", "Du lægger et gebyr til gælden.", "You add a fee to the debt."},
	OpRelief:           {"Du sätter ned en avgift eller ränta. Det som tas bort kan inte krävas igen.", "Du nedsætter et gebyr eller rente. Det, der fjernes, kan ikke kræves igen.", "You take off a fee or interest. What is taken off cannot be claimed again."},
	OpSetoff:           {"Du skriver på skuldebrevet att en fordran som låntagaren har har kvittats mot skulden.", "Du skriver på gældsbrevet, at et krav, som låntageren har, er modregnet i gælden.", "You write on the note that a claim of the borrower's was set off against the debt."},
	OpDebtRelief:       {"Du skriver på skuldebrevet att låntagaren har beviljats skuldsanering. Räntan upphör, och beslutet gäller mot varje innehavare.", "Du skriver på gældsbrevet, at låntageren har fået gældssanering. Renten ophører, og afgørelsen gælder over for enhver indehaver.", "You write on the note that the borrower has been granted debt relief. Interest stops, and the decision holds against every holder."},
	OpPayClaim:         {"Du säger att du har betalt det som inte står på skuldebrevet. Svar ska komma inom 14 dagar.", "Du siger, at du har betalt det, som ikke står på gældsbrevet. Svar skal komme inden 14 dage.", "You say that you have paid what does not stand on the note. An answer is due within 14 days."},
	OpPayDeny:          {"Du säger att du inte har fått betalningen. Påståendet blir en invändning, och indrivningen stannar.", "Du siger, at du ikke har modtaget betalingen. Påstanden bliver en indsigelse, og inddrivelsen standser.", "You say that you have not received the payment. The claim becomes a dispute, and collection stops."},
	OpAmendPropose:     {"Du föreslår hur resten av skulden ska betalas. Förslaget gäller först när alla har sagt ja.", "Du foreslår, hvordan resten af gælden skal betales. Forslaget gælder først, når alle har sagt ja.", "You propose how the rest of the debt is to be paid. It is in force only once everybody has agreed."},
	OpAmendAccept:      {"Du säger ja till förslaget om hur resten av skulden ska betalas.", "Du siger ja til forslaget om, hvordan resten af gælden skal betales.", "You agree to the proposal of how the rest of the debt is to be paid."},
	OpAmendReject:      {"Du säger nej till förslaget. Skulden betalas som förut.", "Du siger nej til forslaget. Gælden betales som før.", "You say no to the proposal. The debt is paid as before."},
	OpAmendWithdraw:    {"Du tar tillbaka ditt förslag. Skulden betalas som förut.", "Du trækker dit forslag tilbage. Gælden betales som før.", "You take your proposal back. The debt is paid as before."},
	OpAccelerate:       {"Du intygar att låntagaren har underrättats om att hela skulden sägs upp. Den som betalar det försenade i tid får behålla sina avbetalningar.", "Du bekræfter, at låntageren er underrettet om, at hele gælden opsiges. Den, der betaler det forsinkede til tiden, beholder sine afdrag.", "You state that the borrower has been told that all of the debt is to fall due. Who pays what is late in time keeps the instalments."},
	OpCure:             {"Du tar tillbaka uppsägningen. Avbetalningarna fortsätter som förut.", "Du trækker opsigelsen tilbage. Afdragene fortsætter som før.", "You take back that all falls due. The instalments go on as before."},
	OpInterrupt:        {"Du skriver på skuldebrevet att preskriptionen har avbrutits. Tiden börjar om från den dagen.", "Du skriver på gældsbrevet, at forældelsen er afbrudt. Fristen begynder forfra fra den dag.", "You write on the note that limitation was interrupted. The time begins anew from that day."},
	OpDisputeRaise:     {"Du invänder mot kravet. Indrivningen stannar medan det utreds.", "Du gør indsigelse mod kravet. Inddrivelsen standser, mens det undersøges.", "You object to the claim. Collection stops while it is looked into."},
	OpDisputeResolve:   {"Du avslutar en invändning.", "Du afslutter en indsigelse.", "You end a dispute."},
	OpFreeze:           {"Du förbjuder överlåtelse och betalning av skuldebrevet.", "Du forbyder overdragelse og betaling af gældsbrevet.", "You prohibit transfer and payment of the note."},
	OpRelease:          {"Du häver förbudet mot överlåtelse och betalning.", "Du ophæver forbuddet mod overdragelse og betaling.", "You lift the prohibition of transfer and payment."},
	OpErase:            {"Du raderar skuldebrevet. Ingen kan sedan se vad det sade, inte heller du.", "Du sletter gældsbrevet. Derefter kan ingen se, hvad der stod i det, heller ikke du.", "You erase the note. Nobody can see what it said after this, and nor can you."},
}
