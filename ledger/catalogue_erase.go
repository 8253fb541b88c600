package ledger

// erasureRefusals are about notes that are erased, or may not be yet.
var erasureRefusals = map[Code]catalogueEntry{
	CodeNoteErased: {ClassNotFound, false, map[Language]string{
		Swedish: "Skuldebrevet är raderat. Det enda som är kvar är att det har funnits.",
		Danish:  "Gældsbrevet er slettet. Det eneste, der er tilbage, er, at det har været der.",
		English: "The note is erased. All that is left of it is that it was there.",
	}},
	CodeRetention: {ClassRefused, true, map[Language]string{
		Swedish: "Skuldebrevet ska bevaras till och med {until}, så länge någon kan kräva något på grund av det.",
		Danish:  "Gældsbrevet skal bevares til og med {until}, så længe nogen kan kræve noget på grund af det.",
		English: "The note must be kept until the end of {until}, for as long as anybody may claim something because of it.",
	}},
}
