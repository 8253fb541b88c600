package ledger

// moneyRefusals are about claims of payment, and about what the two sides agree.
var moneyRefusals = map[Code]catalogueEntry{
	CodePaymentFinal: {ClassRefused, false, map[Language]string{
		Swedish: "Betalningen står fast: efter den har skuldebrevet sålts, eller parterna har kommit överens om resten.",
		Danish:  "Betalingen står fast: efter den er gældsbrevet solgt, eller parterne er blevet enige om resten.",
		English: "The payment stands: since then the note was sold, or the parties have agreed on how to pay the rest.",
	}},
	CodeClaimUnknown: {ClassRefused, false, map[Language]string{
		Swedish: "Det finns inget sådant obesvarat påstående om betalning.",
		Danish:  "Der findes ingen sådan ubesvaret påstand om betaling.",
		English: "There is no such claim of payment that waits for an answer.",
	}},
	CodeClaimOpen: {ClassRefused, false, map[Language]string{
		Swedish: "Påståendet om betalning ska besvaras senast {answer_by}, med betalningen eller ett nekande. Först därefter är det en invändning.",
		Danish:  "Påstanden om betaling skal besvares senest {answer_by}, med betalingen eller en benægtelse. Først derefter er den en indsigelse.",
		English: "The claim of payment is to be answered by {answer_by}, with the payment or a denial. It is a dispute only after that.",
	}},
	CodeBorrowerNotTold: {ClassRefused, false, map[Language]string{
		Swedish: "Låntagaren har ännu inte underrättats om vem som innehar skuldebrevet. Underrätta först.",
		Danish:  "Låntageren er endnu ikke underrettet om, hvem der har gældsbrevet. Underret først.",
		English: "The borrower has not been told yet who holds the note. Give notice first.",
	}},
	CodeProposalPending: {ClassRefused, false, map[Language]string{
		Swedish: "Ett annat förslag väntar på svar: nummer {proposal}.",
		Danish:  "Et andet forslag venter på svar: nummer {proposal}.",
		English: "Another proposal waits for an answer: number {proposal}.",
	}},
	CodeProposalUnknown: {ClassRefused, false, map[Language]string{
		Swedish: "Det finns inget sådant öppet förslag.",
		Danish:  "Der findes intet sådant åbent forslag.",
		English: "There is no such open proposal.",
	}},
	CodeProposalOwn: {ClassRefused, false, map[Language]string{
		Swedish: "Din sida har redan sagt ja till förslaget; svaret är den andra sidans.",
		Danish:  "Din side har allerede sagt ja til forslaget; svaret er den anden sides.",
		English: "Your side has agreed to the proposal already; the answer is the other side's.",
	}},
	CodeAmendmentImpossible: {ClassRefused, false, map[Language]string{
		Swedish: "Planen går inte att räkna: {detail}.",
		Danish:  "Planen kan ikke beregnes: {detail}.",
		English: "The plan cannot be computed: {detail}.",
	}},
	CodeNoSchedule: {ClassRefused, false, map[Language]string{
		Swedish: "Skuldebrevet har inga avbetalningar att skjuta upp. Föreslå en plan i stället.",
		Danish:  "Gældsbrevet har ingen afdrag at udskyde. Foreslå en plan i stedet.",
		English: "The note has no instalments to put off. Propose a plan instead.",
	}},
}
