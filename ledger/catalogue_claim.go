package ledger

// claimRefusals are about when a debt may be claimed, and on which terms.
var claimRefusals = map[Code]catalogueEntry{
	CodeExtensionOnce: {ClassRefused, false, map[Language]string{
		Swedish: "Löptiden är redan förlängd en gång, och får inte förlängas igen mot en kostnad (2010:1846 36 a §). Det går att förlänga den utan kostnad, eller att komma överens om en avbetalningsplan.",
		Danish:  "Løbetiden er allerede forlænget én gang og må ikke forlænges igen mod betaling (2010:1846 36 a §). Den kan forlænges uden omkostninger, eller der kan aftales en afdragsplan.",
		English: "The time has been extended once and may not be extended again at a cost (2010:1846 section 36 a). It can be extended free of cost, or a repayment plan can be agreed.",
	}},
	CodeFreeOfCost: {ClassRefused, false, map[Language]string{
		Swedish: "Det är avtalat att resten ska betalas utan ränta och avgifter. Ingen avgift får tas ut.",
		Danish:  "Det er aftalt, at resten betales uden rente og gebyrer. Der må ikke opkræves gebyr.",
		English: "It is agreed that the rest is paid without interest and fees. No fee may be charged.",
	}},
	CodeAccelerationNotAgreed: {ClassRefused, false, map[Language]string{
		Swedish: "Skuldebrevet säger inte att allt kan krävas i förtid. Kräv det som är försenat.",
		Danish:  "Gældsbrevet siger ikke, at det hele kan kræves før tid. Kræv det, der er forsinket.",
		English: "The note does not say that all can be demanded ahead of its time. Demand what is late.",
	}},
	CodeAccelerated: {ClassRefused, false, map[Language]string{
		Swedish: "Skulden är redan uppsagd till {effective}.",
		Danish:  "Gælden er allerede opsagt til {effective}.",
		English: "All is to fall due already, on {effective}.",
	}},
	CodeNoAcceleration: {ClassRefused, false, map[Language]string{
		Swedish: "Det finns ingen sådan uppsägning som gäller.",
		Danish:  "Der findes ingen sådan opsigelse, der gælder.",
		English: "There is no such demand of all ahead of its time in force.",
	}},
	CodeNotLateEnough: {ClassRefused, false, map[Language]string{
		Swedish: "För litet är försenat, eller för kort tid, för att allt ska kunna krävas i förtid ({source}). Kräv det som är försenat, eller föreslå en plan.",
		Danish:  "For lidt er forsinket, eller i for kort tid, til at det hele kan kræves før tid ({source}). Kræv det, der er forsinket, eller foreslå en plan.",
		English: "Too little is late, or for too short a time, for all to be demanded ahead of its time ({source}). Demand what is late, or propose a plan.",
	}},
	CodeNothingAhead: {ClassRefused, false, map[Language]string{
		Swedish: "Allt förfaller till betalning före den dagen ändå.",
		Danish:  "Det hele forfalder til betaling før den dag alligevel.",
		English: "All falls due before that day anyhow.",
	}},
	CodePlanRunning: {ClassRefused, false, map[Language]string{
		Swedish: "En plan eller ett uppehåll gäller och hålls. Inget mer får krävas så länge.",
		Danish:  "En plan eller en pause gælder og overholdes. Så længe må intet mere kræves.",
		English: "A plan or a pause is in force and kept. No more may be demanded meanwhile.",
	}},
	CodeNoteDisputed: {ClassRefused, true, map[Language]string{
		Swedish: "Låntagaren har gjort en invändning, eller säger att den har betalat. Besvara det först.",
		Danish:  "Låntageren har gjort indsigelse eller siger, at der er betalt. Besvar det først.",
		English: "The borrower objects, or says that it has paid. Answer that first.",
	}},
	CodeNoteBarred: {ClassRefused, false, map[Language]string{
		Swedish: "Fordran preskriberades efter {barred_after}. Den kan inte krävas längre. Låntagaren får ändå betala om den vill.",
		Danish:  "Fordringen blev forældet efter {barred_after}. Den kan ikke kræves længere. Låntageren må stadig betale, hvis den vil.",
		English: "The claim was barred after {barred_after}. It can no longer be demanded. The borrower may still pay if it wants to.",
	}},
}
