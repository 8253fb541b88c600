package ledger

// caseRefusals are about what staff do in a case; they are here because there is one
// table.
var caseRefusals = map[Code]catalogueEntry{
	CodeAlternatives: {ClassRefused, false, map[Language]string{
		Swedish: "Skriv först vilka mildare vägar som övervägts, och varför. Sedan kan hela skulden sägas upp.",
		Danish:  "Skriv først, hvilke mildere veje der er overvejet, og hvorfor. Derefter kan hele gælden opsiges.",
		English: "First write which milder ways were considered, and why. Then all of the debt can be called in.",
	}},
}
