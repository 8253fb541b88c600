package ledger

// caseworkRefusals are about what the registrar's gateway does for persons; they
// are here because there is one table.
var caseworkRefusals = map[Code]catalogueEntry{
	CodeNoPages: {ClassNotFound, false, map[Language]string{
		Swedish: "Den här gatewayen har inga sidor för personer. Fråga registerhållarens.",
		Danish:  "Denne gateway har ingen sider for personer. Spørg registerførerens.",
		English: "This gateway has no pages for persons. Ask the registrar's.",
	}},
	CodeInvitationState: {ClassConflict, false, map[Language]string{
		Swedish: "Inbjudan är {state}; det går bara när den är {want}.",
		Danish:  "Invitationen er {state}; det går kun, når den er {want}.",
		English: "The invitation is {state}; this is possible only when it is {want}.",
	}},
	CodeCallbackState: {ClassConflict, false, map[Language]string{
		Swedish: "Samtalet är {state}; det går bara när det är {want}.",
		Danish:  "Opkaldet er {state}; det går kun, når det er {want}.",
		English: "The call is {state}; this is possible only when it is {want}.",
	}},
	CodeComplaintState: {ClassConflict, false, map[Language]string{
		Swedish: "Klagomålet är {state}; det går bara när det är {want}.",
		Danish:  "Klagen er {state}; det går kun, når den er {want}.",
		English: "The complaint is {state}; this is possible only when it is {want}.",
	}},
	CodeJournalFull: {ClassLimit, true, map[Language]string{
		Swedish: "Du har skrivit {limit} gånger om skuldebrevet i dag. Fortsätt i morgon.",
		Danish:  "Du har skrevet {limit} gange om gældsbrevet i dag. Fortsæt i morgen.",
		English: "You have written {limit} times about the note today. Go on tomorrow.",
	}},
}
