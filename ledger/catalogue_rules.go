package ledger

// ruleRefusals are about the rules of a company's desk, and what they decided.
var ruleRefusals = map[Code]catalogueEntry{
	CodeRuleVersion: {ClassConflict, false, map[Language]string{
		Swedish: "Regeln har ändrats sedan du öppnade den; den har version {version}. Läs den på nytt.",
		Danish:  "Reglen er ændret, siden du åbnede den; den har version {version}. Læs den på ny.",
		English: "The rule has changed since you opened it; it has version {version}. Read it anew.",
	}},
	CodeDecisionState: {ClassConflict, false, map[Language]string{
		Swedish: "Beslutet är {state}; det går bara när det är {want}.",
		Danish:  "Beslutningen er {state}; det går kun, når den er {want}.",
		English: "The decision is {state}; this is possible only when it is {want}.",
	}},
}
