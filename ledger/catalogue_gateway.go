package ledger

// gatewayRefusals are about a request to a gateway: who asks, in what form and how
// often. They stand here because there is one table.
var gatewayRefusals = map[Code]catalogueEntry{
	CodeTokenMissing: {ClassUnauthorized, false, map[Language]string{
		Swedish: "Anropet saknar åtkomsttoken. Hämta en med POST /v1/token.",
		Danish:  "Kaldet mangler adgangstoken. Hent en med POST /v1/token.",
		English: "The request has no access token. Get one with POST /v1/token.",
	}},
	CodeTokenInvalid: {ClassUnauthorized, false, map[Language]string{
		Swedish: "Åtkomsttoken gäller inte: {detail}.",
		Danish:  "Adgangstokenet gælder ikke: {detail}.",
		English: "The access token is not valid: {detail}.",
	}},
	CodeSignerOther: {ClassForbidden, false, map[Language]string{
		Swedish: "Åtkomsttoken är en annan parts än den som signerar. Hämta en med signatärens nyckel.",
		Danish:  "Adgangstokenet er en anden parts end den, der underskriver. Hent et med underskriverens nøgle.",
		English: "The access token is of another party than the one that signs. Get one with the signer's key.",
	}},
	CodeAssertionInvalid: {ClassUnauthorized, false, map[Language]string{
		Swedish: "Klientens intyg gäller inte: {detail}.",
		Danish:  "Klientens erklæring gælder ikke: {detail}.",
		English: "The client's assertion is not valid: {detail}.",
	}},
	CodeRegistrationShut: {ClassForbidden, false, map[Language]string{
		Swedish: "Registrering är stängd här; be operatören om tillträde.",
		Danish:  "Registrering er lukket her; bed operatøren om adgang.",
		English: "Registration is closed here; ask the operator for access.",
	}},
	CodeMethodNotAllowed: {ClassInvalid, false, map[Language]string{
		Swedish: "Adressen tar inte emot {method}.",
		Danish:  "Adressen tager ikke imod {method}.",
		English: "The address does not take {method}.",
	}},
	CodeMediaType: {ClassInvalid, false, map[Language]string{
		Swedish: "Skicka {want}.",
		Danish:  "Send {want}.",
		English: "Send {want}.",
	}},
	CodeQueryInvalid: {ClassInvalid, false, map[Language]string{
		Swedish: "Frågans {field} ska vara {want}.",
		Danish:  "Forespørgslens {field} skal være {want}.",
		English: "The query's {field} must be {want}.",
	}},
	CodeRowInvalid: {ClassInvalid, false, map[Language]string{
		Swedish: "Rad {row}, kolumn {column}: {detail}.",
		Danish:  "Række {row}, kolonne {column}: {detail}.",
		English: "Row {row}, column {column}: {detail}.",
	}},
	CodeInternal: {ClassUnavailable, true, map[Language]string{
		Swedish: "Något gick fel hos oss. Felet är loggat under {id}.",
		Danish:  "Noget gik galt hos os. Fejlen er logget under {id}.",
		English: "Something went wrong here. The fault is logged as {id}.",
	}},
	CodeProofInvalid: {ClassUnauthorized, false, map[Language]string{
		Swedish: "Nyckelbeviset (DPoP) gäller inte: {detail}.",
		Danish:  "Nøglebeviset (DPoP) gælder ikke: {detail}.",
		English: "The proof of the key (DPoP) is not valid: {detail}.",
	}},
	CodeProofNonce: {ClassUnauthorized, true, map[Language]string{
		Swedish: "Nyckelbeviset behöver gatewayens nonce. Skicka igen med den i svarets huvudfält DPoP-Nonce.",
		Danish:  "Nøglebeviset mangler gatewayens nonce. Send igen med den i svarets felt DPoP-Nonce.",
		English: "The proof of the key needs the gateway's nonce. Send again with the one in the answer's header DPoP-Nonce.",
	}},
	CodeScopeMissing: {ClassForbidden, false, map[Language]string{
		Swedish: "Åtkomsttoken omfattar inte {scope}. Hämta en som gör det.",
		Danish:  "Adgangstokenet omfatter ikke {scope}. Hent et, der gør.",
		English: "The access token does not cover {scope}. Get one that does.",
	}},
	CodeScopeUnknown: {ClassInvalid, false, map[Language]string{
		Swedish: "Behörigheten {scope} finns inte eller är inte din att få.",
		Danish:  "Rettigheden {scope} findes ikke eller er ikke din at få.",
		English: "There is no scope {scope}, or it is not yours to have.",
	}},
	CodeIdempotencyKey: {ClassInvalid, false, map[Language]string{
		Swedish: "Idempotency-Key ska vara {want}.",
		Danish:  "Idempotency-Key skal være {want}.",
		English: "Idempotency-Key must be {want}.",
	}},
	CodeIdempotencyReused: {ClassRefused, false, map[Language]string{
		Swedish: "Samma Idempotency-Key kom förut med en annan begäran. Ta en ny nyckel.",
		Danish:  "Samme Idempotency-Key kom før med en anden anmodning. Tag en ny nøgle.",
		English: "The same Idempotency-Key came before with another request. Take a new key.",
	}},
	CodeIdempotencyBusy: {ClassConflict, true, map[Language]string{
		Swedish: "Den första begäran med samma Idempotency-Key pågår. Försök igen om en stund.",
		Danish:  "Den første anmodning med samme Idempotency-Key er i gang. Prøv igen om lidt.",
		English: "The first request with the same Idempotency-Key is under way. Try again in a while.",
	}},
	CodePrecondition: {ClassConflict, false, map[Language]string{
		Swedish: "Det har ändrats sedan du läste det; numret är nu {seq}. Läs om och försök igen.",
		Danish:  "Det er ændret, siden du læste det; nummeret er nu {seq}. Læs igen, og prøv igen.",
		English: "It has changed since you read it; its number is now {seq}. Read it again and retry.",
	}},
	CodeTooManyRequests: {ClassLimit, true, map[Language]string{
		Swedish: "För många anrop på en gång. Försök igen om {seconds} sekunder.",
		Danish:  "For mange kald på én gang. Prøv igen om {seconds} sekunder.",
		English: "Too many requests at once. Try again in {seconds} seconds.",
	}},
	CodeBatchRefused: {ClassConflict, false, map[Language]string{
		Swedish: "Ingenting i sändningen verkställdes, för en annan instruktion i den avvisades.",
		Danish:  "Intet i forsendelsen blev udført, for en anden instruktion i den blev afvist.",
		English: "Nothing of the batch was applied, because another command in it was refused.",
	}},
	CodeAtomicImpossible: {ClassRefused, false, map[Language]string{
		Swedish: "Instruktionerna kan inte verkställas som en: {detail}.",
		Danish:  "Instruktionerne kan ikke udføres som én: {detail}.",
		English: "The commands cannot be applied as one: {detail}.",
	}},
	CodeImportState: {ClassConflict, false, map[Language]string{
		Swedish: "Importen är {state}; det går bara när den är {want}.",
		Danish:  "Importen er {state}; det går kun, når den er {want}.",
		English: "The import is {state}; this is possible only when it is {want}.",
	}},
	CodeWebhookAddress: {ClassRefused, false, map[Language]string{
		Swedish: "Till den adressen skickas inga händelser: {detail}.",
		Danish:  "Til den adresse sendes ingen hændelser: {detail}.",
		English: "No events are sent to that address: {detail}.",
	}},
	CodePartyLimit: {ClassLimit, false, map[Language]string{
		Swedish: "En part har högst {limit} {what} åt gången. Avsluta en först.",
		Danish:  "En part har højst {limit} {what} ad gangen. Afslut en først.",
		English: "A party has at most {limit} {what} at a time. End one first.",
	}},
	CodePastUnknown: {ClassRefused, false, map[Language]string{
		Swedish: "Skuldebrevet fanns inte vid den tiden; det erbjöds {since}.",
		Danish:  "Gældsbrevet fandtes ikke på det tidspunkt; det blev tilbudt {since}.",
		English: "The note did not exist at that time; it was offered at {since}.",
	}},
}
