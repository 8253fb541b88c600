package ledger

import "maps"

// catalogue is the one table of refusals: for each code its class, whether the
// same command may succeed later, and its text in every language. Words in
// braces are parameters. A text says what to change.
var catalogue = func() map[Code]catalogueEntry {
	all := maps.Clone(generalRefusals)
	maps.Copy(all, erasureRefusals)
	maps.Copy(all, noteRefusals)
	maps.Copy(all, moneyRefusals)
	maps.Copy(all, peopleRefusals)
	maps.Copy(all, gatewayRefusals)
	maps.Copy(all, caseworkRefusals)
	maps.Copy(all, caseRefusals)
	maps.Copy(all, ruleRefusals)
	maps.Copy(all, workRefusals)
	maps.Copy(all, claimRefusals)
	maps.Copy(all, reliefRefusals)
	return all
}()

// generalRefusals are about the command, its signer and the ledger.
var generalRefusals = map[Code]catalogueEntry{
	CodeCommandTooLarge: {ClassInvalid, false, map[Language]string{
		Swedish: "Instruktionen är för stor; gränsen är {limit} byte.",
		Danish:  "Instruktionen er for stor; grænsen er {limit} byte.",
		English: "The command is too large; the limit is {limit} bytes.",
	}},
	CodeCommandMalformed: {ClassInvalid, false, map[Language]string{
		Swedish: "Instruktionen har fel form: {detail}.",
		Danish:  "Instruktionen har forkert form: {detail}.",
		English: "The command is malformed: {detail}.",
	}},
	CodeCommandNotCanonical: {ClassInvalid, false, map[Language]string{
		Swedish: "Instruktionen är inte skriven i kanonisk form (RFC 8785). Signera exakt de byte som utkastet gav.",
		Danish:  "Instruktionen er ikke skrevet i kanonisk form (RFC 8785). Underskriv præcis de byte, som udkastet gav.",
		English: "The command is not in canonical form (RFC 8785). Sign exactly the bytes that the draft gave.",
	}},
	CodeCommandLife: {ClassInvalid, false, map[Language]string{
		Swedish: "Instruktionen gäller för länge; högst {limit} mellan issued_at och expires_at.",
		Danish:  "Instruktionen gælder for længe; højst {limit} mellem issued_at og expires_at.",
		English: "The command lives too long; at most {limit} between issued_at and expires_at.",
	}},
	CodeCommandEarly: {ClassRefused, true, map[Language]string{
		Swedish: "Instruktionen är daterad i framtiden. Ställ klockan och signera på nytt.",
		Danish:  "Instruktionen er dateret i fremtiden. Stil uret og underskriv igen.",
		English: "The command is dated in the future. Set the clock and sign anew.",
	}},
	CodeCommandExpired: {ClassRefused, false, map[Language]string{
		Swedish: "Instruktionen gick ut {expired}. Signera en ny.",
		Danish:  "Instruktionen udløb {expired}. Underskriv en ny.",
		English: "The command expired at {expired}. Sign a new one.",
	}},
	CodeOperationUnknown: {ClassInvalid, false, map[Language]string{
		Swedish: "Åtgärden {op} finns inte.",
		Danish:  "Handlingen {op} findes ikke.",
		English: "There is no operation {op}.",
	}},
	CodeBodyMalformed: {ClassInvalid, false, map[Language]string{
		Swedish: "Innehållet i {op} har fel form: {detail}.",
		Danish:  "Indholdet i {op} har forkert form: {detail}.",
		English: "The body of {op} is malformed: {detail}.",
	}},
	CodeBodyInvalid: {ClassInvalid, false, map[Language]string{
		Swedish: "Fältet {field} ska vara {want}.",
		Danish:  "Feltet {field} skal være {want}.",
		English: "The field {field} must be {want}.",
	}},
	CodeNetworkOther: {ClassRefused, false, map[Language]string{
		Swedish: "Instruktionen är signerad för ett annat nätverk.",
		Danish:  "Instruktionen er underskrevet til et andet netværk.",
		English: "The command is signed for another network.",
	}},
	CodeClockSkew: {ClassUnavailable, true, map[Language]string{
		Swedish: "Klockorna går isär med mer än fem minuter. Ställ dem och försök igen.",
		Danish:  "Urene afviger mere end fem minutter. Stil dem og prøv igen.",
		English: "The clocks differ by more than five minutes. Set them and try again.",
	}},
	CodeRequestMalformed: {ClassInvalid, false, map[Language]string{
		Swedish: "Begäran har fel form: {detail}.",
		Danish:  "Anmodningen har forkert form: {detail}.",
		English: "The request is malformed: {detail}.",
	}},
	CodeRequestTooLarge: {ClassLimit, false, map[Language]string{
		Swedish: "Begäran är för stor; gränsen är {limit}.",
		Danish:  "Anmodningen er for stor; grænsen er {limit}.",
		English: "The request is too large; the limit is {limit}.",
	}},
	CodeSignatureMalformed: {ClassInvalid, false, map[Language]string{
		Swedish: "Signaturen går inte att läsa: {detail}.",
		Danish:  "Underskriften kan ikke læses: {detail}.",
		English: "The signature cannot be read: {detail}.",
	}},
	CodeSignatureWrong: {ClassUnauthorized, false, map[Language]string{
		Swedish: "Signaturen stämmer inte med instruktionen och nyckeln.",
		Danish:  "Underskriften passer ikke til instruktionen og nøglen.",
		English: "The signature does not fit the command and the key.",
	}},
	CodeAlgorithmForbidden: {ClassUnauthorized, false, map[Language]string{
		Swedish: "Signaturens algoritm är inte tillåten; använd ES256 eller EdDSA efter nyckelns slag.",
		Danish:  "Underskriftens algoritme er ikke tilladt; brug ES256 eller EdDSA efter nøglens art.",
		English: "The signature's algorithm is not allowed; use ES256 or EdDSA, as the key is.",
	}},
	CodeSignerUnknown: {ClassUnauthorized, false, map[Language]string{
		Swedish: "Den som signerat är inte registrerad.",
		Danish:  "Underskriveren er ikke registreret.",
		English: "The signer is not registered.",
	}},
	CodeKeyUnknown: {ClassUnauthorized, false, map[Language]string{
		Swedish: "Nyckeln tillhör inte den som signerat.",
		Danish:  "Nøglen tilhører ikke underskriveren.",
		English: "The key does not belong to the signer.",
	}},
	CodeKeyKnown: {ClassRefused, false, map[Language]string{
		Swedish: "Nyckeln finns redan.",
		Danish:  "Nøglen findes allerede.",
		English: "The key is there already.",
	}},
	CodeKeyUnsupported: {ClassInvalid, false, map[Language]string{
		Swedish: "Nyckeln måste vara EC P-256 eller OKP Ed25519 som JWK.",
		Danish:  "Nøglen skal være EC P-256 eller OKP Ed25519 som JWK.",
		English: "The key must be EC P-256 or OKP Ed25519 as a JWK.",
	}},
	CodeKeyThumbprint: {ClassInvalid, false, map[Language]string{
		Swedish: "Nyckelns kid måste vara dess tumavtryck (RFC 7638): {want}.",
		Danish:  "Nøglens kid skal være dens tommelfingeraftryk (RFC 7638): {want}.",
		English: "The key's kid must be its thumbprint (RFC 7638): {want}.",
	}},
	CodeKeyCount: {ClassLimit, false, map[Language]string{
		Swedish: "En part måste ha 1 till {limit} nycklar.",
		Danish:  "En part skal have 1 til {limit} nøgler.",
		English: "A party must have 1 to {limit} keys.",
	}},
	CodeKeyForm: {ClassUnauthorized, false, map[Language]string{
		Swedish: "En passnyckel signerar på sin webbplats och ingen annan nyckel gör det; signaturen har den andra formen.",
		Danish:  "En adgangsnøgle underskriver på sit websted, og ingen anden nøgle gør det; underskriften har den anden form.",
		English: "A passkey signs on its own pages and no other key does; the signature has the other form.",
	}},
	CodePasskeyRefused: {ClassUnauthorized, false, map[Language]string{
		Swedish: "Passnyckelns svar godtas inte: {detail}.",
		Danish:  "Adgangsnøglens svar godtages ikke: {detail}.",
		English: "The passkey's answer is not accepted: {detail}.",
	}},
	CodeNoPowerOfAttorney: {ClassForbidden, false, map[Language]string{
		Swedish: "Det finns ingen fullmakt att handla för den parten.",
		Danish:  "Der er ingen fuldmagt til at handle for den part.",
		English: "There is no power of attorney to act for that party.",
	}},
	CodePartyIDWrong: {ClassInvalid, false, map[Language]string{
		Swedish: "Partens id följer inte av registreringens id.",
		Danish:  "Partens id følger ikke af registreringens id.",
		English: "The party's id does not follow from the registration's command id.",
	}},
	CodePartyUnknown: {ClassRefused, false, map[Language]string{
		Swedish: "Parten {party} är inte registrerad.",
		Danish:  "Parten {party} er ikke registreret.",
		English: "The party {party} is not registered.",
	}},
	CodePartyRevoked: {ClassRefused, false, map[Language]string{
		Swedish: "Parten {party} är avslutad.",
		Danish:  "Parten {party} er ophørt.",
		English: "The party {party} is revoked.",
	}},
	CodePartyNotAdmitted: {ClassForbidden, true, map[Language]string{
		Swedish: "Myndigheten {party} måste först godkännas av ett företag hos en annan medlem.",
		Danish:  "Myndigheden {party} skal først godkendes af en virksomhed hos et andet medlem.",
		English: "The authority {party} must first be admitted by a company of another member.",
	}},
	CodeNotProposed: {ClassRefused, false, map[Language]string{
		Swedish: "Parten väntar inte på att godkännas.",
		Danish:  "Parten venter ikke på at blive godkendt.",
		English: "The party is not waiting to be admitted.",
	}},
	CodeAuthorityHost: {ClassForbidden, false, map[Language]string{
		Swedish: "En myndighet registreras bara genom registerhållaren.",
		Danish:  "En myndighed registreres kun gennem registerføreren.",
		English: "An authority is registered through the registrar only.",
	}},
	CodeAuthorityOther: {ClassForbidden, false, map[Language]string{
		Swedish: "Bara den myndighet som fryst skuldebrevet kan häva det.",
		Danish:  "Kun den myndighed, der har fastfrosset gældsbrevet, kan ophæve det.",
		English: "Only the authority that froze the note can release it.",
	}},
	CodeNotFound: {ClassNotFound, false, map[Language]string{
		Swedish: "Det finns inget sådant.",
		Danish:  "Der findes intet sådant.",
		English: "There is no such thing.",
	}},
	CodeNotEntitled: {ClassNotFound, false, map[Language]string{
		Swedish: "Det finns inget sådant som du har rätt att se.",
		Danish:  "Der findes intet sådant, som du har ret til at se.",
		English: "There is no such thing that you may see.",
	}},
	CodeExists: {ClassConflict, false, map[Language]string{
		Swedish: "Det finns redan; ett nytt kräver ett nytt id på instruktionen.",
		Danish:  "Det findes allerede; et nyt kræver et nyt id på instruktionen.",
		English: "It exists already; another one needs a command id of its own.",
	}},
	CodeSeqStale: {ClassConflict, false, map[Language]string{
		Swedish: "Något har hänt sedan instruktionen signerades; nästa nummer är {next}. Se efter och signera på nytt.",
		Danish:  "Der er sket noget, siden instruktionen blev underskrevet; næste nummer er {next}. Se efter og underskriv igen.",
		English: "Something has happened since the command was signed; the next number is {next}. Look and sign anew.",
	}},
	CodeSeqAhead: {ClassConflict, false, map[Language]string{
		Swedish: "Instruktionen kommer för tidigt; nästa nummer är {next}.",
		Danish:  "Instruktionen kommer for tidligt; næste nummer er {next}.",
		English: "The command comes too soon; the next number is {next}.",
	}},
	CodeStateMissing: {ClassConflict, true, map[Language]string{
		Swedish: "Ett tillstånd som instruktionen behöver skickades inte med.",
		Danish:  "En tilstand, som instruktionen behøver, blev ikke sendt med.",
		English: "A state that the command needs was not sent with it.",
	}},
	CodeStateStale: {ClassConflict, true, map[Language]string{
		Swedish: "Ett tillstånd som skickades med är inte det som gäller.",
		Danish:  "En tilstand, der blev sendt med, er ikke den gældende.",
		English: "A state that was sent with the command is not the one in force.",
	}},
	CodeConflict: {ClassConflict, true, map[Language]string{
		Swedish: "En annan instruktion kom före. Ingenting ändrades; se efter och försök igen.",
		Danish:  "En anden instruktion kom først. Intet blev ændret; se efter og prøv igen.",
		English: "Another command came first. Nothing was changed; look and try again.",
	}},
	CodeOutcomeOpen: {ClassUnavailable, true, map[Language]string{
		Swedish: "Utfallet är ännu inte känt. Skicka samma instruktion igen; den verkställs bara en gång.",
		Danish:  "Udfaldet er endnu ikke kendt. Send samme instruktion igen; den udføres kun én gang.",
		English: "The outcome is not known yet. Send the same command again; it applies only once.",
	}},
	CodeUnavailable: {ClassUnavailable, true, map[Language]string{
		Swedish: "Registret svarar inte just nu. Försök igen om en stund.",
		Danish:  "Registret svarer ikke lige nu. Prøv igen om lidt.",
		English: "The registry does not answer just now. Try again in a while.",
	}},
	CodeRoleForbidden: {ClassForbidden, false, map[Language]string{
		Swedish: "Åtgärden {op} är inte din att göra här.",
		Danish:  "Handlingen {op} er ikke din at udføre her.",
		English: "The operation {op} is not yours to do here.",
	}},
}
