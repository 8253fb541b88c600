package ledger

// noteRefusals are about what may be done to a note, and about requests to a
// gateway.
var noteRefusals = map[Code]catalogueEntry{
	CodeNoteOffered: {ClassRefused, false, map[Language]string{
		Swedish: "Skuldebrevet väntar på underskrift.",
		Danish:  "Gældsbrevet venter på underskrift.",
		English: "The note is waiting for signature.",
	}},
	CodeNoteActive: {ClassRefused, false, map[Language]string{
		Swedish: "Skuldebrevet löper; det går inte i det läget.",
		Danish:  "Gældsbrevet løber; det går ikke i den tilstand.",
		English: "The note is active; that cannot be done to it now.",
	}},
	CodeNoteFrozen: {ClassRefused, false, map[Language]string{
		Swedish: "En myndighet har fryst skuldebrevet.",
		Danish:  "En myndighed har fastfrosset gældsbrevet.",
		English: "An authority has frozen the note.",
	}},
	CodeNoteDischarged: {ClassRefused, false, map[Language]string{
		Swedish: "Skuldebrevet är betalt och återlämnat; ingen kan längre göra det gällande.",
		Danish:  "Gældsbrevet er betalt og givet tilbage; ingen kan længere gøre det gældende.",
		English: "The note is paid and handed back; nobody can claim it again.",
	}},
	CodeNoteVoid: {ClassRefused, false, map[Language]string{
		Swedish: "Skuldebrevet gäller inte.",
		Danish:  "Gældsbrevet gælder ikke.",
		English: "The note is not in force.",
	}},
	CodeNotePledged: {ClassRefused, false, map[Language]string{
		Swedish: "Skuldebrevet är pantsatt; bara pantens upphörande öppnar det för överlåtelse.",
		Danish:  "Gældsbrevet er pantsat; det kan først overdrages, når pantet er frigivet.",
		English: "The note is pledged; it can be transferred once the pledge is released.",
	}},
	CodeLenderBorrows: {ClassRefused, false, map[Language]string{
		Swedish: "Långivaren kan inte själv vara låntagare på skuldebrevet.",
		Danish:  "Långiveren kan ikke selv være låntager på gældsbrevet.",
		English: "The lender cannot be a borrower on the note.",
	}},
	CodeLaw: {ClassRefused, false, map[Language]string{
		Swedish: "Lagen tillåter det inte: {rule} ({source}). Gränsen är {limit}; här är det {got}.",
		Danish:  "Loven tillader det ikke: {rule} ({source}). Grænsen er {limit}; her er det {got}.",
		English: "The law does not allow it: {rule} ({source}). The limit is {limit}; this is {got}.",
	}},
	CodeRateUnknown: {ClassRefused, false, map[Language]string{
		Swedish: "Tabellen saknar {kind} för {jurisdiction} från {from}. Registret gissar inte.",
		Danish:  "Tabellen mangler {kind} for {jurisdiction} fra {from}. Registret gætter ikke.",
		English: "The table has no {kind} for {jurisdiction} from {from}. The registry does not guess.",
	}},
	CodeOfferOther: {ClassRefused, false, map[Language]string{
		Swedish: "Godkännandet gäller ett annat erbjudande än detta.",
		Danish:  "Accepten gælder et andet tilbud end dette.",
		English: "The acceptance is of another offer than this one.",
	}},
	CodeOfferExpired: {ClassRefused, false, map[Language]string{
		Swedish: "Erbjudandet gick ut {answer_by}.",
		Danish:  "Tilbuddet udløb {answer_by}.",
		English: "The offer ended at {answer_by}.",
	}},
	CodeOfferOpen: {ClassRefused, false, map[Language]string{
		Swedish: "Erbjudandet gäller ännu, till {answer_by}.",
		Danish:  "Tilbuddet gælder endnu, til {answer_by}.",
		English: "The offer is still open, until {answer_by}.",
	}},
	CodeAlreadyAccepted: {ClassRefused, false, map[Language]string{
		Swedish: "Du har redan skrivit under.",
		Danish:  "Du har allerede skrevet under.",
		English: "You have signed already.",
	}},
	CodeBookNotOwn: {ClassRefused, false, map[Language]string{
		Swedish: "Det finns ingen sådan bok som är din.",
		Danish:  "Der findes ingen sådan bog, som er din.",
		English: "There is no such book of yours.",
	}},
	CodeBookSame: {ClassRefused, false, map[Language]string{
		Swedish: "Skuldebrevet ligger redan i den boken.",
		Danish:  "Gældsbrevet ligger allerede i den bog.",
		English: "The note is in that book already.",
	}},
	CodeTransferPending: {ClassRefused, false, map[Language]string{
		Swedish: "En överlåtelse väntar redan på svar.",
		Danish:  "En overdragelse venter allerede på svar.",
		English: "A transfer is already waiting for its answer.",
	}},
	CodeTransferToSelf: {ClassRefused, false, map[Language]string{
		Swedish: "Man kan inte överlåta till sig själv.",
		Danish:  "Man kan ikke overdrage til sig selv.",
		English: "A transfer to oneself is none.",
	}},
	CodeTransferToBorrower: {ClassRefused, false, map[Language]string{
		Swedish: "Skuldebrevet kan inte överlåtas till sin låntagare; skriv en betalning eller efterskänk.",
		Danish:  "Gældsbrevet kan ikke overdrages til sin låntager; skriv en betaling eller eftergiv.",
		English: "A note cannot be transferred to its borrower; write a payment or forgive.",
	}},
	CodeTransferOther: {ClassConflict, false, map[Language]string{
		Swedish: "Det är en annan överlåtelse som väntar: {pending}.",
		Danish:  "Det er en anden overdragelse, der venter: {pending}.",
		English: "It is another transfer that is waiting: {pending}.",
	}},
	CodeTransferOutdated: {ClassConflict, false, map[Language]string{
		Swedish: "Den som erbjöd överlåtelsen råder inte längre över skuldebrevet.",
		Danish:  "Den, der tilbød overdragelsen, råder ikke længere over gældsbrevet.",
		English: "Who offered the transfer no longer controls the note.",
	}},
	CodeMandateExists: {ClassRefused, false, map[Language]string{
		Swedish: "Någon har redan uppdrag att driva in; avsluta det först.",
		Danish:  "Nogen har allerede mandat til at inddrive; afslut det først.",
		English: "Somebody has a mandate to collect already; end it first.",
	}},
	CodeNoMandate: {ClassRefused, false, map[Language]string{
		Swedish: "Det finns inget uppdrag att avsluta.",
		Danish:  "Der er intet mandat at afslutte.",
		English: "There is no mandate to end.",
	}},
	CodeBlankSimple: {ClassRefused, false, map[Language]string{
		Swedish: "Ett enkelt skuldebrev överlåts till en namngiven, aldrig in blanco.",
		Danish:  "Et simpelt gældsbrev overdrages til en navngiven, aldrig in blanco.",
		English: "A simple note goes to a named person, never in blank.",
	}},
	CodeNoticeHolder: {ClassRefused, false, map[Language]string{
		Swedish: "Underrättelsen anger en annan innehavare än dagens.",
		Danish:  "Underretningen angiver en anden indehaver end den nuværende.",
		English: "The notice names another holder than today's.",
	}},
	CodeNoticeKnown: {ClassRefused, false, map[Language]string{
		Swedish: "Låntagaren är redan underrättad om innehavaren.",
		Danish:  "Låntageren er allerede underrettet om indehaveren.",
		English: "The borrower has already been told of this holder.",
	}},
	CodeAmountNotPositive: {ClassInvalid, false, map[Language]string{
		Swedish: "Beloppet måste vara större än noll.",
		Danish:  "Beløbet skal være større end nul.",
		English: "The amount must be greater than zero.",
	}},
	CodeCurrencyOther: {ClassInvalid, false, map[Language]string{
		Swedish: "Skuldebrevet är i {want}.",
		Danish:  "Gældsbrevet er i {want}.",
		English: "The note is in {want}.",
	}},
	CodePaymentExceeds: {ClassRefused, false, map[Language]string{
		Swedish: "Beloppet är större än det som återstår: {owed} den dagen.",
		Danish:  "Beløbet er større end det, der er tilbage: {owed} den dag.",
		English: "The amount is more than what is left: {owed} on that day.",
	}},
	CodePaymentUnknown: {ClassRefused, false, map[Language]string{
		Swedish: "Skuldebrevet minns ingen sådan betalning.",
		Danish:  "Gældsbrevet husker ingen sådan betaling.",
		English: "The note remembers no such payment.",
	}},
	CodePaymentReversed: {ClassRefused, false, map[Language]string{
		Swedish: "Betalningen är redan återförd.",
		Danish:  "Betalingen er allerede tilbageført.",
		English: "The payment is reversed already.",
	}},
	CodeNotGoodFaith: {ClassRefused, false, map[Language]string{
		Swedish: "Låntagaren var underrättad om den nya innehavaren den {notified}; en betalning till dig efter den dagen gäller inte, och en tidigare ska skrivas inom 90 dagar.",
		Danish:  "Låntageren var underrettet om den nye indehaver den {notified}; en betaling til dig efter den dag gælder ikke, og en tidligere skal skrives inden 90 dage.",
		English: "The borrower was told of the new holder on {notified}; a payment to you after that day does not count, and an earlier one is to be written within 90 days.",
	}},
	CodeDateFuture: {ClassInvalid, false, map[Language]string{
		Swedish: "Datumet i {field} ligger i framtiden.",
		Danish:  "Datoen i {field} ligger i fremtiden.",
		English: "The date in {field} lies in the future.",
	}},
	CodeDateEarly: {ClassInvalid, false, map[Language]string{
		Swedish: "Datumet i {field} är för tidigt; tidigast {earliest}.",
		Danish:  "Datoen i {field} er for tidlig; tidligst {earliest}.",
		English: "The date in {field} is too early; {earliest} at the earliest.",
	}},
	CodeDisputeUnknown: {ClassRefused, false, map[Language]string{
		Swedish: "Det finns ingen sådan öppen invändning.",
		Danish:  "Der er ingen sådan åben indsigelse.",
		English: "There is no such open dispute.",
	}},
	CodeLimit: {ClassLimit, false, map[Language]string{
		Swedish: "Registret håller högst {limit} {what} per skuldebrev.",
		Danish:  "Registret holder højst {limit} {what} pr. gældsbrev.",
		English: "The registry keeps at most {limit} {what} for a note.",
	}},
}
