package page

// frameWords stand around every page.
var frameWords = Table{
	"verbatim":          {"{text}", "{text}", "{text}"},
	"frame.skip":        {"Hoppa till innehållet", "Spring til indholdet", "Skip to the content"},
	"frame.languages":   {"Språk", "Sprog", "Language"},
	"frame.yours":       {"Ditt", "Dit", "Yours"},
	"frame.more":        {"Mer", "Mere", "More"},
	"frame.alert":       {"Viktigt", "Vigtigt", "Important"},
	"frame.signed-in":   {"Inloggad som {name}", "Logget ind som {name}", "Signed in as {name}"},
	"frame.notes":       {"Mina skuldebrev", "Mine gældsbreve", "My notes"},
	"frame.keys":        {"Passnycklar", "Adgangsnøgler", "Passkeys"},
	"frame.helpers":     {"Fullmakter", "Fuldmagter", "Who helps me"},
	"frame.sign-in":     {"Logga in", "Log ind", "Sign in"},
	"frame.sign-out":    {"Logga ut", "Log ud", "Sign out"},
	"frame.help":        {"Vill du prata med en människa? Ring {company}:", "Vil du tale med et menneske? Ring til {company}:", "Would you rather talk to a person? Call {company}:"},
	"frame.help-page":   {"Hjälp", "Hjælp", "Help"},
	"frame.verify":      {"Kontrollera ett bevis", "Kontrollér et bevis", "Check a proof"},
	"frame.back":        {"Tillbaka", "Tilbage", "Back"},
	"frame.continue":    {"Fortsätt", "Fortsæt", "Continue"},
	"frame.cancel":      {"Avbryt", "Annullér", "Cancel"},
	"frame.to-the-page": {"Till startsidan", "Til forsiden", "To the first page"},
}

// componentWords belong to the components.
var componentWords = Table{
	"human.label":         {"Vem du kan ringa", "Hvem du kan ringe til", "Whom you can call"},
	"human.licence":       {"Tillstånd enligt egen uppgift: {licence}", "Tilladelse ifølge virksomheden selv: {licence}", "Licence, by its own account: {licence}"},
	"human.call-me":       {"Ring upp mig", "Ring til mig", "Call me back"},
	"errors.heading.one":  {"En sak behöver rättas", "Én ting skal rettes", "One thing needs to be put right"},
	"errors.heading.many": {"{n} saker behöver rättas", "{n} ting skal rettes", "{n} things need to be put right"},
	"field.optional":      {"(om du vill)", "(hvis du vil)", "(if you like)"},
	"chain.current":       {"innehar det nu", "indehaver det nu", "holds it now"},
	"chain.told":          {"Du underrättades {on}.", "Du blev underrettet {on}.", "You were told on {on}."},
	"chain.untold":        {"Du har inte underrättats ännu.", "Du er endnu ikke underrettet.", "You have not been told yet."},
	"proof.proven":        {"Det här är bevisat", "Det her er bevist", "This is proven"},
	"proof.unproven":      {"Det här är inte bevisat", "Det her er ikke bevist", "This is not proven"},
	"passkey.working":     {"Följ anvisningen från din telefon eller dator.", "Følg anvisningen fra din telefon eller computer.", "Follow what your phone or computer asks."},
	"passkey.none":        {"Den här webbläsaren kan inte använda passnycklar. Prova en annan, eller ring oss.", "Denne browser kan ikke bruge adgangsnøgler. Prøv en anden, eller ring til os.", "This browser cannot use passkeys. Try another one, or call us."},
	"passkey.cancelled":   {"Det avbröts, eller tiden gick ut. Ingenting har hänt. Försök gärna igen.", "Det blev afbrudt, eller tiden løb ud. Der er ikke sket noget. Prøv gerne igen.", "It was cancelled, or it took too long. Nothing has happened. Please try again."},
	"passkey.known":       {"Den här enheten har redan en passnyckel här.", "Denne enhed har allerede en adgangsnøgle her.", "This device has a passkey here already."},
	"passkey.insecure":    {"Passnycklar fungerar inte på den här adressen. Öppna sidan på dess rätta adress.", "Adgangsnøgler virker ikke på denne adresse. Åbn siden på dens rigtige adresse.", "Passkeys do not work at this address. Open the page at its proper address."},
	"passkey.failed":      {"Det gick inte den här gången. Ingenting har hänt. Försök igen, eller ring oss.", "Det lykkedes ikke denne gang. Der er ikke sket noget. Prøv igen, eller ring til os.", "It did not work this time. Nothing has happened. Try again, or call us."},
	"passkey.script":      {"Passnycklar behöver JavaScript, som är avstängt i din webbläsare. Slå på det för den här sidan, eller ring oss.", "Adgangsnøgler kræver JavaScript, som er slået fra i din browser. Slå det til for denne side, eller ring til os.", "Passkeys need JavaScript, which is off in your browser. Turn it on for this page, or call us."},
}
