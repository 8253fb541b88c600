package ledger

// workRefusals are about what the staff of a company's desk do.
var workRefusals = map[Code]catalogueEntry{
	CodeTaskTaken: {ClassConflict, false, map[Language]string{
		Swedish: "Någon annan har tagit uppgiften. Be att få den, eller ta nästa.",
		Danish:  "En anden har taget opgaven. Bed om at få den, eller tag den næste.",
		English: "Somebody else has taken the task. Ask for it, or take the next one.",
	}},
	CodeTaskOwnEnd: {ClassRefused, false, map[Language]string{
		Swedish: "Uppgiften blir klar av sig själv när samtalet är ringt, svaret är givet eller beslutet är fattat.",
		Danish:  "Opgaven bliver klar af sig selv, når samtalen er ringet, svaret er givet, eller beslutningen er truffet.",
		English: "The task is done by itself once the call is made, the answer is given or the decision is taken.",
	}},
	CodeSettled: {ClassConflict, false, map[Language]string{
		Swedish: "Det är redan klart. Se efter vad det ledde till.",
		Danish:  "Det er allerede klaret. Se efter, hvad det førte til.",
		English: "That is settled already. Look at what came of it.",
	}},
	CodeLetter: {ClassRefused, false, map[Language]string{
		Swedish: "Brevet kan inte skickas. Det saknar något som det måste ha: {elements}.",
		Danish:  "Brevet kan ikke sendes. Det mangler noget, som det skal have: {elements}.",
		English: "The letter cannot be sent. It lacks something that it must have: {elements}.",
	}},
}
