package ledger

// peopleRefusals are about how people are reached, who acts for them and how
// they come to new keys.
var peopleRefusals = map[Code]catalogueEntry{
	CodeContactPerson: {ClassRefused, false, map[Language]string{
		Swedish: "En persons kontaktuppgifter stannar hos den som för personens konto. Bara företag och myndigheter anger dem här.",
		Danish:  "En persons kontaktoplysninger bliver hos den, der fører personens konto. Kun virksomheder og myndigheder angiver dem her.",
		English: "A person's contact details stay with who keeps the person's account. Only companies and authorities give them here.",
	}},
	CodeRepresentativeOther: {ClassRefused, false, map[Language]string{
		Swedish: "En fullmakt går från en person till en annan person som finns hos samma organisation.",
		Danish:  "En fuldmagt går fra en person til en anden person, som findes hos den samme organisation.",
		English: "A power of attorney goes from a person to another person whom the same organisation serves.",
	}},
	CodeAttorneyUnknown: {ClassRefused, false, map[Language]string{
		Swedish: "Det finns ingen sådan fullmakt.",
		Danish:  "Der er ingen sådan fuldmagt.",
		English: "There is no such power of attorney.",
	}},
	CodeRecoveryNone: {ClassRefused, false, map[Language]string{
		Swedish: "Inget byte av förlorade nycklar pågår.",
		Danish:  "Der er ingen udskiftning af mistede nøgler i gang.",
		English: "No recovery of lost keys is under way.",
	}},
	CodeRecoveryOpen: {ClassRefused, false, map[Language]string{
		Swedish: "Ett byte av förlorade nycklar pågår redan.",
		Danish:  "En udskiftning af mistede nøgler er allerede i gang.",
		English: "A recovery of lost keys is under way already.",
	}},
	CodeRecoveryConfirmed: {ClassRefused, false, map[Language]string{
		Swedish: "Bytet av nycklar är redan bekräftat.",
		Danish:  "Udskiftningen af nøgler er allerede bekræftet.",
		English: "The recovery is confirmed already.",
	}},
	CodeRecoveryUnconfirmed: {ClassRefused, false, map[Language]string{
		Swedish: "Bytet av nycklar är inte bekräftat av den andra organisationen.",
		Danish:  "Udskiftningen af nøgler er ikke bekræftet af den anden organisation.",
		English: "The recovery is not confirmed by the other organisation.",
	}},
	CodeRecoveryEarly: {ClassRefused, true, map[Language]string{
		Swedish: "De nya nycklarna kan tas i bruk tidigast {until}. Väntetiden finns för att den som har en gammal nyckel ska hinna säga ifrån.",
		Danish:  "De nye nøgler kan tidligst tages i brug {until}. Ventetiden er der, for at den, der har en gammel nøgle, kan nå at sige fra.",
		English: "The new keys can be put in force from {until}. The wait gives whoever has an old key time to object.",
	}},
	CodeRecoveryOther: {ClassRefused, false, map[Language]string{
		Swedish: "Instruktionen gäller ett annat byte av nycklar, eller andra nycklar, än det som pågår.",
		Danish:  "Instruktionen gælder en anden udskiftning af nøgler, eller andre nøgler, end den, der er i gang.",
		English: "The command is about another recovery, or other keys, than those under way.",
	}},
	CodeWitnessOther: {ClassRefused, false, map[Language]string{
		Swedish: "Den som ska bekräfta bytet av nycklar måste vara ett företag hos en annan organisation än personens.",
		Danish:  "Den, der skal bekræfte udskiftningen af nøgler, skal være en virksomhed hos en anden organisation end personens.",
		English: "Who is to confirm the recovery must be a company that another organisation than the person's serves.",
	}},
}
