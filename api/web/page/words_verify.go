package page

// verifyWords belong to the page that checks a proof.
var verifyWords = table{
	"verify.title":        {"Kontrollera ett bevis", "Kontrollér et bevis", "Check a proof"},
	"verify.lead":         {"Har du fått ett kvitto eller ett skuldebrev som fil? Här ser du vad det bevisar.", "Har du fået en kvittering eller et gældsbrev som fil? Her ser du, hvad det beviser.", "Were you handed a receipt or a note as a file? See here what it proves."},
	"verify.file":         {"Filen", "Filen", "The file"},
	"verify.file.hint":    {"Välj filen, eller dra den hit. Högst 2 MB, slutar på .json eller .html.", "Vælg filen, eller træk den hertil. Højst 2 MB, ender på .json eller .html.", "Choose the file, or drag it here. At most 2 MB; its name ends in .json or .html."},
	"verify.check":        {"Kontrollera", "Kontrollér", "Check"},
	"verify.kept":         {"Vi läser filen, svarar och kastar den. Ingenting sparas.", "Vi læser filen, svarer og smider den væk. Intet gemmes.", "We read the file, answer, and throw it away. Nothing is kept."},
	"verify.none":         {"Välj en fil att kontrollera.", "Vælg en fil at kontrollere.", "Choose a file to check."},
	"verify.large":        {"Filen är större än 2 MB. Kontrollera den med programmet skuld, eller ring oss.", "Filen er større end 2 MB. Kontrollér den med programmet skuld, eller ring til os.", "The file is larger than 2 MB. Check it with the program skuld, or call us."},
	"verify.without":      {"Kan jag kontrollera utan er?", "Kan jeg kontrollere uden jer?", "Can I check without you?"},
	"verify.without.what": {"Ja. Programmet skuld gör samma sak på din egen dator, utan internet. Vem som helst kan skriva ett eget program: formatet är öppet.", "Ja. Programmet skuld gør det samme på din egen computer, uden internet. Enhver kan skrive sit eget program: formatet er åbent.", "Yes. The program skuld does the same on your own computer, without the internet. Anybody can write one of their own: the format is open."},
	"verify.result":       {"Vad filen bevisar", "Hvad filen beviser", "What the file proves"},
	"verify.genuine":      {"Äkta. Allt i filen stämmer.", "Ægte. Alt i filen passer.", "Genuine. Everything in the file holds."},
	"verify.genuine.more": {"Underskrifterna, ordningen och registrets intyg är kontrollerade.", "Underskrifterne, rækkefølgen og registrets attestation er kontrolleret.", "The signatures, the order and the registry's attestation have been checked."},
	"verify.refused":      {"Filen bevisar ingenting.", "Filen beviser ingenting.", "The file proves nothing."},
	"verify.refused.more": {"Den är ändrad, ofullständig eller från något annat. Lita inte på den innan du har frågat.", "Den er ændret, ufuldstændig eller fra noget andet. Stol ikke på den, før du har spurgt.", "It was changed, is not whole or is of something else. Do not rely on it before you have asked."},
	"verify.fault":        {"Det här är fel", "Det her er forkert", "What is wrong"},
	"verify.as-of":        {"Så var det", "Sådan var det", "As it stood on"},
	"verify.payment":      {"Betalning", "Betaling", "Payment"},
	"verify.paid-on":      {"Betald den", "Betalt den", "Paid on"},
	"verify.paid-to":      {"Mottagen av", "Modtaget af", "Received by"},
	"verify.settled":      {"Den betalade det sista. Skuldebrevet är återlämnat.", "Den betalte det sidste. Gældsbrevet er givet tilbage.", "It paid the last of it. The note has been handed back."},
	"verify.reversed":     {"Bokningen är återförd efteråt.", "Bogføringen er tilbageført bagefter.", "The booking was reversed afterwards."},
	"verify.note":         {"Hur skuldebrevet står i dag", "Hvordan gældsbrevet står i dag", "How the note stands today"},
	"verify.another":      {"Kontrollera en annan fil", "Kontrollér en anden fil", "Check another file"},
}
