package ledger

// reliefRefusals are about fees, about what is taken off, and about what a credit
// may cost in all.
var reliefRefusals = map[Code]catalogueEntry{
	CodeNothingOverdue: {ClassRefused, false, map[Language]string{
		Swedish: "Ingenting är försenat. En avgift får tas ut först när en avbetalning inte har betalats i tid.",
		Danish:  "Intet er forsinket. Et gebyr kan først opkræves, når et afdrag ikke er betalt til tiden.",
		English: "Nothing is overdue. A fee can be charged only once an instalment was not paid in time.",
	}},
	CodeNoPlan: {ClassRefused, false, map[Language]string{
		Swedish: "Det finns ingen plan i kraft som båda sidor har kommit överens om.",
		Danish:  "Der er ingen plan i kraft, som begge sider er blevet enige om.",
		English: "There is no plan in force that both sides have agreed on.",
	}},
	CodeChargeForbidden: {ClassRefused, false, map[Language]string{
		Swedish: "Varken lagen eller skuldebrevet tillåter avgiften {kind}. Ta inte ut den.",
		Danish:  "Hverken loven eller gældsbrevet tillader gebyret {kind}. Opkræv det ikke.",
		English: "Neither the law nor the note allows the fee {kind}. Do not charge it.",
	}},
	CodeChargeTooHigh: {ClassRefused, false, map[Language]string{
		Swedish: "Avgiften får vara högst {limit} ({source}).",
		Danish:  "Gebyret må højst være {limit} ({source}).",
		English: "The fee may be at most {limit} ({source}).",
	}},
	CodeChargeRepeated: {ClassRefused, false, map[Language]string{
		Swedish: "Avgiften är redan uttagen för samma sak: nummer {charge}.",
		Danish:  "Gebyret er allerede opkrævet for det samme: nummer {charge}.",
		English: "The fee has been charged for the same already: number {charge}.",
	}},
	CodeChargeUnknown: {ClassRefused, false, map[Language]string{
		Swedish: "Det finns ingen sådan avgift på skuldebrevet.",
		Danish:  "Der er intet sådant gebyr på gældsbrevet.",
		English: "There is no such fee on the note.",
	}},
	CodeCostCap: {ClassRefused, false, map[Language]string{
		Swedish: "Krediten får kosta högst {limit} sammanlagt, och {left} återstår ({source}).",
		Danish:  "Kreditten må højst koste {limit} i alt, og {left} er tilbage ({source}).",
		English: "The credit may cost at most {limit} in all, and {left} are left of that ({source}).",
	}},
	CodeReliefExceeds: {ClassRefused, false, map[Language]string{
		Swedish: "Det är mer än vad som är obetalt av den delen: {owed}.",
		Danish:  "Det er mere, end der er ubetalt af den del: {owed}.",
		English: "It is more than what is owed of that part: {owed}.",
	}},
	CodeLateFreeTooLong: {ClassRefused, false, map[Language]string{
		Swedish: "Tiden utan dröjsmålsränta får sluta senast {latest}.",
		Danish:  "Tiden uden morarente må slutte senest {latest}.",
		English: "The time without late interest may end on {latest} at the latest.",
	}},
	CodeDebtRelief: {ClassRefused, false, map[Language]string{
		Swedish: "Låntagaren har beviljats skuldsanering. Vad som är kvar att betala, och hur, bestämmer beslutet.",
		Danish:  "Låntageren har fået gældssanering. Hvad der er tilbage at betale, og hvordan, følger af afgørelsen.",
		English: "The borrower has been granted debt relief. What is left to pay, and how, follows from that decision.",
	}},
}
