package letter

import (
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

// words is a text in the three languages. {name} stands for a fact.
type words struct{ sv, da, en string }

func (w words) in(l ledger.Language, pairs ...string) string {
	text := w.en
	switch l {
	case ledger.Swedish:
		text = w.sv
	case ledger.Danish:
		text = w.da
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

var titles = map[Kind]words{
	Reminder:       {"Påminnelse: en betalning är försenad", "Påmindelse: en betaling er forsinket", "Reminder: a payment is late"},
	Demand:         {"Inkassokrav", "Inkassokrav", "Demand for payment"},
	TransferNotice: {"Ditt skuldebrev har en ny innehavare", "Dit gældsbrev har en ny indehaver", "Your note has a new holder"},
	PlanOffer:      {"Förslag till avbetalningsplan", "Forslag til afdragsordning", "A proposed payment plan"},
	Contact:        {"Vi har sökt dig", "Vi har forsøgt at få fat i dig", "We tried to reach you"},
	Correction:     {"Rättelse", "Rettelse", "Correction"},
	Answer:         {"Svar till dig", "Svar til dig", "An answer for you"},
}

var (
	wordsLate = words{
		"{overdue} skulle ha betalats den {due}. Betala senast den {by}, eller säg till om något inte stämmer.",
		"{overdue} skulle have været betalt den {due}. Betal senest den {by}, eller sig til, hvis noget ikke stemmer.",
		"{overdue} was to be paid on {due}. Please pay by {by}, or tell us if something is not right."}
	wordsHard = words{
		"Är det svårt att betala just nu? Ring {human}. Vi kan komma överens om en plan eller en paus, och det kostar dig ingenting att fråga.",
		"Er det svært at betale lige nu? Ring til {human}. Vi kan aftale en plan eller en pause, og det koster ikke noget at spørge.",
		"Is it hard to pay just now? Call {human}. We can agree on a plan or a pause, and it costs you nothing to ask."}
	wordsWrong = words{
		"Stämmer det inte? Skriv eller ring senast den {by}. Medan vi utreder din invändning krävs ingenting.",
		"Stemmer det ikke? Skriv eller ring senest den {by}. Mens vi undersøger din indsigelse, kræves der intet.",
		"Is this wrong? Write or call by {by}. Nothing is demanded while we look into your objection."}
	wordsThen = words{
		"Betalar du inte och hör vi inget från dig till dess, kan {creditor} be Kronofogden eller en domstol att pröva kravet.",
		"Betaler du ikke, og hører vi ikke fra dig inden da, kan {creditor} bede fogedretten eller en domstol om at prøve kravet.",
		"If you do not pay and we do not hear from you by then, {creditor} may ask the enforcement authority or a court to try the claim."}
	wordsBasis = words{
		"Kravet grundas på skuldebrev {note}, som du skrev under den {agreed} hos {lender}.",
		"Kravet bygger på gældsbrev {note}, som du underskrev den {agreed} hos {lender}.",
		"The claim is based on note {note}, which you signed on {agreed} with {lender}."}
	wordsCreditor = words{
		"Skuldebrevet innehas av {creditor}.", "Gældsbrevet indehaves af {creditor}.", "The note is held by {creditor}."}
	wordsAssigned = words{
		"{former} överlät skuldebrevet till {creditor} den {on}. Betalning till {former} gäller inte längre.",
		"{former} overdrog gældsbrevet til {creditor} den {on}. Betaling til {former} gælder ikke længere.",
		"{former} transferred the note to {creditor} on {on}. Payment to {former} no longer counts."}
	wordsServicer = words{
		"{company} sköter skuldebrevet åt {creditor}. Adress: {address}. Telefon: {phone}. Tillstånd: {licence}.",
		"{company} administrerer gældsbrevet for {creditor}. Adresse: {address}. Telefon: {phone}. Tilladelse: {licence}.",
		"{company} services the note for {creditor}. Address: {address}. Telephone: {phone}. Licence: {licence}."}
	wordsBuyer = words{
		"Ny innehavare: {creditor}, {address}, telefon {phone}.",
		"Ny indehaver: {creditor}, {address}, telefon {phone}.",
		"New holder: {creditor}, {address}, telephone {phone}."}
	wordsMore = words{
		"Allt om skuldebrevet, med varje betalning och varje innehavare, finns på {link}.",
		"Alt om gældsbrevet, med hver betaling og hver indehaver, findes på {link}.",
		"Everything about the note, with each payment and each holder, is at {link}."}
	wordsUnchanged = words{
		"Samma lag gäller för skuldebrevet som förut. Dina invändningar, din plan och den som företräder dig följer med.",
		"Den samme lov gælder for gældsbrevet som før. Dine indsigelser, din plan og den, der repræsenterer dig, følger med.",
		"The same law applies to the note as before. Your objections, your plan and whoever represents you go with it."}
	wordsAuthority = words{
		"Är du inte nöjd med hur vi har gjort? Klaga hos oss utan kostnad. Du kan också vända dig till {authority}.",
		"Er du ikke tilfreds med, hvad vi har gjort? Klag gratis til os. Du kan også henvende dig til {authority}.",
		"Are you not content with what we did? Complain to us, free of charge. You can also turn to {authority}."}
	wordsPay  = words{"Så betalar du", "Sådan betaler du", "How to pay"}
	wordsSum  = words{"Så räknar vi", "Sådan regner vi", "How it adds up"}
	wordsLeft = words{"Kvar att betala", "Tilbage at betale", "Left to pay"}

	wordsPlan = words{
		"Vi talade om att du betalar {each} i månaden, {n} gånger, första gången den {first}. Den {last} är du skuldfri. Räntan och avgifterna till dess blir {cost}.",
		"Vi talte om, at du betaler {each} om måneden, {n} gange, første gang den {first}. Den {last} er du gældfri. Renter og gebyrer indtil da bliver {cost}.",
		"We talked about {each} a month, {n} times, the first on {first}. On {last} you are free of this debt. Interest and fees until then come to {cost}."}
	wordsPlanSign = words{
		"Planen gäller när du har godkänt den på {link}. Vill du ändra något? Ring {human}.",
		"Planen gælder, når du har godkendt den på {link}. Vil du ændre noget? Ring til {human}.",
		"The plan counts once you have agreed to it at {link}. Do you want to change something? Call {human}."}
	wordsTried = words{
		"{human} på {company} sökte dig. Det var ingen annan. Koden {code} på {link} visar vem, när och varför.",
		"{human} hos {company} forsøgte at få fat i dig. Det var ingen anden. Koden {code} på {link} viser hvem, hvornår og hvorfor.",
		"{human} at {company} tried to reach you. It was nobody else. The code {code} at {link} shows who, when and why."}
	wordsHuman = words{
		"Ring {human} direkt: {phone}, {hours}.", "Ring direkte til {human}: {phone}, {hours}.", "Call {human} directly: {phone}, {hours}."}

	labelCapital   = words{"Kapital", "Hovedstol", "Capital"}
	labelInterest  = words{"Ränta", "Rente", "Interest"}
	labelLate      = words{"Dröjsmålsränta", "Morarente", "Late interest"}
	labelCosts     = words{"Kostnader", "Omkostninger", "Costs"}
	labelFee       = words{"varav för det här brevet", "heraf for dette brev", "of which for this letter"}
	labelAccount   = words{"Konto", "Konto", "Account"}
	labelReference = words{"Referens", "Reference", "Reference"}
	labelCase      = words{"Ärende", "Sag", "Case"}
	labelNote      = words{"Skuldebrev", "Gældsbrev", "Note"}
	lineOf         = words{
		"{rate} om året på {base} från den {from} till den {to}",
		"{rate} om året af {base} fra den {from} til den {to}",
		"{rate} a year on {base} from {from} to {to}"}
	lineBefore = words{"Räknad tidigare och inte betald", "Beregnet tidligere og ikke betalt", "Counted before and not paid"}
)
