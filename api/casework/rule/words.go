package rule

import "github.com/skuld-registry/skuld/ledger"

// text is a sentence in Swedish, Danish and English. It is read by the staff and by
// the borrower alike: short, and without blame.
type text [3]string

func (t text) in(lang ledger.Language) string {
	switch lang {
	case ledger.Swedish:
		return t[0]
	case ledger.Danish:
		return t[1]
	}
	return t[2]
}

// words is every sentence of this package.
var words = map[string]text{
	"rule.kind.reminder":      {"Påminnelse", "Påmindelse", "Reminder"},
	"rule.kind.reminder_fee":  {"Avgift för påminnelse", "Gebyr for påmindelse", "Fee for a reminder"},
	"rule.kind.demand":        {"Krav", "Krav", "Demand"},
	"rule.kind.demand_fee":    {"Avgift för krav", "Gebyr for krav", "Fee for a demand"},
	"rule.kind.late_interest": {"Dröjsmålsränta", "Morarente", "Late interest"},
	"rule.kind.acceleration":  {"Uppsägning i förtid", "Opsigelse før tid", "All falling due early"},
	"rule.kind.broken_plan":   {"Plan som inte hålls", "Plan, der ikke holdes", "Plan that is not kept"},
	"rule.kind.priority":      {"Samtal före nästa brev", "Samtale før næste brev", "A talk before the next letter"},

	"rule.does.reminder":      {"Skickar en påminnelse när {after_days} dagar har gått sedan betalningen skulle ha kommit och minst {least} är sent. Brevet ger {pay_days} dagar att betala eller invända.", "Sender en påmindelse, når der er gået {after_days} dage, siden betalingen skulle være kommet, og mindst {least} er forsinket. Brevet giver {pay_days} dage til at betale eller gøre indsigelse.", "Sends a reminder when {after_days} days have passed since the payment should have come and at least {least} is late. The letter gives {pay_days} days to pay or object."},
	"rule.does.reminder_fee":  {"Tar ut den avtalade avgiften för en skickad påminnelse, högst {fee}.", "Opkræver det aftalte gebyr for en sendt påmindelse, højst {fee}.", "Charges the agreed fee for a reminder that was sent, at most {fee}."},
	"rule.does.demand":        {"Skickar ett krav när {after_days} dagar har gått sedan påminnelsen, dess tid är ute och minst {least} är sent. Kravet ger {pay_days} dagar att betala eller invända.", "Sender et krav, når der er gået {after_days} dage siden påmindelsen, dens frist er udløbet, og mindst {least} er forsinket. Kravet giver {pay_days} dage til at betale eller gøre indsigelse.", "Sends a demand when {after_days} days have passed since the reminder, its time is over and at least {least} is late. The demand gives {pay_days} days to pay or object."},
	"rule.does.demand_fee":    {"Tar ut lagens avgift för ett skickat krav, {fee}.", "Opkræver lovens gebyr for et sendt krav, {fee}.", "Charges the fee that the law allows for a demand that was sent, {fee}."},
	"rule.does.late_interest": {"Berättar att dröjsmålsränta löper, när den har blivit minst {least}.", "Fortæller, at der løber morarente, når den er blevet mindst {least}.", "Tells that late interest runs, once it has become at least {least}."},
	"rule.does.acceleration":  {"Frågar en medarbetare om hela skulden ska sägas upp, när mer än {percent} % har varit sent i mer än {after_days} dagar och kravets tid är ute.", "Spørger en medarbejder, om hele gælden skal opsiges, når mere end {percent} % har været forsinket i mere end {after_days} dage, og kravets frist er udløbet.", "Asks a member of staff whether the whole debt is to fall due, when more than {percent}% has been late for more than {after_days} days and the demand's time is over."},
	"rule.does.broken_plan":   {"Ber en medarbetare prata med personen, när en delbetalning i planen är {after_days} dagar sen.", "Beder en medarbejder tale med personen, når en ratebetaling i planen er {after_days} dage forsinket.", "Asks a member of staff to talk with the person, when an instalment of the plan is {after_days} days late."},
	"rule.does.priority":      {"Lägger ett samtal i arbetslistan när betalningen är {after_days} dagar sen och ingen har pratat med personen på {quiet_days} dagar.", "Lægger en opringning på arbejdslisten, når betalingen er {after_days} dage forsinket, og ingen har talt med personen i {quiet_days} dage.", "Puts a call on the worklist when the payment is {after_days} days late and nobody has talked with the person for {quiet_days} days."},

	"rule.effect.reminder":      {"En påminnelse skickas. Sista dag att betala eller invända är {pay_by}.", "En påmindelse sendes. Sidste dag til at betale eller gøre indsigelse er {pay_by}.", "A reminder is sent. The last day to pay or object is {pay_by}."},
	"rule.effect.reminder_fee":  {"Avgiften för påminnelsen, {fee}, läggs till skulden.", "Gebyret for påmindelsen, {fee}, lægges til gælden.", "The fee for the reminder, {fee}, is added to the debt."},
	"rule.effect.demand":        {"Ett krav skickas. Sista dag att betala eller invända är {pay_by}.", "Et krav sendes. Sidste dag til at betale eller gøre indsigelse er {pay_by}.", "A demand is sent. The last day to pay or object is {pay_by}."},
	"rule.effect.demand_fee":    {"Avgiften för kravet, {fee}, läggs till skulden.", "Gebyret for kravet, {fee}, lægges til gælden.", "The fee for the demand, {fee}, is added to the debt."},
	"rule.effect.late_interest": {"Dröjsmålsränta löper på det som är sent.", "Der løber morarente på det, der er forsinket.", "Late interest runs on what is late."},
	"rule.effect.acceleration":  {"En medarbetare avgör om hela skulden ska sägas upp.", "En medarbejder afgør, om hele gælden skal opsiges.", "A member of staff decides whether the whole debt is to fall due."},
	"rule.effect.broken_plan":   {"En medarbetare pratar med personen om planen.", "En medarbejder taler med personen om planen.", "A member of staff talks with the person about the plan."},
	"rule.effect.priority":      {"En medarbetare ringer innan något mer skrivs.", "En medarbejder ringer, før der skrives mere.", "A member of staff calls before anything more is written."},

	"rule.why.nothing-overdue":  {"Ingenting är sent.", "Intet er forsinket.", "Nothing is late."},
	"rule.why.overdue":          {"{amount} skulle ha betalats den {due}.", "{amount} skulle have været betalt den {due}.", "{amount} should have been paid on {due}."},
	"rule.why.days-late.one":    {"Det är {n} dag sedan tiden gick ut.", "Det er {n} dag siden, fristen udløb.", "The time to pay ran out {n} day ago."},
	"rule.why.days-late.many":   {"Det är {n} dagar sedan tiden gick ut.", "Det er {n} dage siden, fristen udløb.", "The time to pay ran out {n} days ago."},
	"rule.why.done":             {"Det här gjordes redan den {on}.", "Det blev allerede gjort den {on}.", "This was done already, on {on}."},
	"rule.why.settled":          {"En medarbetare avgjorde det den {on}.", "En medarbejder afgjorde det den {on}.", "A member of staff settled it on {on}."},
	"rule.why.demanded-already": {"Ett krav har redan skickats.", "Et krav er allerede sendt.", "A demand has been sent already."},
	"rule.why.small":            {"Beloppet är mindre än {least}.", "Beløbet er mindre end {least}.", "The amount is less than {least}."},
	"rule.why.early.one":        {"Regeln väntar {n} dag, och den har inte gått.", "Reglen venter {n} dag, og den er ikke gået.", "The rule waits {n} day, which has not passed."},
	"rule.why.early.many":       {"Regeln väntar {n} dagar, och de har inte gått.", "Reglen venter {n} dage, og de er ikke gået.", "The rule waits {n} days, which have not passed."},
	"rule.why.waited.one":       {"Regeln väntar {n} dag, och den har gått.", "Reglen venter {n} dag, og den er gået.", "The rule waits {n} day, which has passed."},
	"rule.why.waited.many":      {"Regeln väntar {n} dagar, och de har gått.", "Reglen venter {n} dage, og de er gået.", "The rule waits {n} days, which have passed."},
	"rule.why.no-reminder":      {"Ingen påminnelse har skickats.", "Der er ikke sendt nogen påmindelse.", "No reminder has been sent."},
	"rule.why.reminder-sent":    {"En påminnelse skickades den {on}.", "En påmindelse blev sendt den {on}.", "A reminder was sent on {on}."},
	"rule.why.no-demand":        {"Inget krav har skickats.", "Der er ikke sendt noget krav.", "No demand has been sent."},
	"rule.why.demand-sent":      {"Ett krav skickades den {on}.", "Et krav blev sendt den {on}.", "A demand was sent on {on}."},
	"rule.why.time-to-pay":      {"Brevet ger tid till och med {pay_by}.", "Brevet giver tid til og med {pay_by}.", "The letter gives time until {pay_by}."},
	"rule.why.fee-not-agreed":   {"Ingen avgift avtalades när skulden uppstod.", "Der blev ikke aftalt noget gebyr, da gælden opstod.", "No fee was agreed when the debt arose."},
	"rule.why.fee-agreed":       {"När skulden uppstod avtalades {fee} för en påminnelse.", "Da gælden opstod, blev der aftalt {fee} for en påmindelse.", "When the debt arose, {fee} was agreed for a reminder."},
	"rule.why.fee-by-law":       {"Lagen tillåter {fee} för ett krav.", "Loven tillader {fee} for et krav.", "The law allows {fee} for a demand."},
	"rule.why.no-late-interest": {"Ingen dröjsmålsränta har löpt.", "Der er ikke løbet morarente.", "No late interest has run."},
	"rule.why.late-interest":    {"Dröjsmålsräntan är {amount} hittills.", "Morarenten er {amount} indtil nu.", "Late interest is {amount} so far."},
	"rule.why.share":            {"Mer än {percent} % av skulden är sent.", "Mere end {percent} % af gælden er forsinket.", "More than {percent}% of the debt is late."},
	"rule.why.share-small":      {"Högst {percent} % av skulden är sent.", "Højst {percent} % af gælden er forsinket.", "At most {percent}% of the debt is late."},
	"rule.why.accelerated":      {"Hela skulden är redan uppsagd.", "Hele gælden er allerede opsagt.", "The whole debt falls due already."},
	"rule.why.no-broken-plan":   {"Ingen plan är bruten.", "Ingen plan er brudt.", "No plan is broken."},
	"rule.why.broken-plan":      {"Planen har inte hållits sedan den {on}.", "Planen har ikke været holdt siden den {on}.", "The plan has not been kept since {on}."},
	"rule.why.talked":           {"Någon pratade med personen den {on}.", "Nogen talte med personen den {on}.", "Somebody talked with the person on {on}."},
	"rule.why.quiet.one":        {"Ingen har pratat med personen på {n} dag.", "Ingen har talt med personen i {n} dag.", "Nobody has talked with the person for {n} day."},
	"rule.why.quiet.many":       {"Ingen har pratat med personen på {n} dagar.", "Ingen har talt med personen i {n} dage.", "Nobody has talked with the person for {n} days."},

	"rule.against.gate_closed":  {"Personen har inte fått veta vem som har skuldebrevet nu. Tills dess får inget krävas.", "Personen har ikke fået at vide, hvem der nu har gældsbrevet. Indtil da må intet kræves.", "The person has not been told who has the note now. Until then nothing may be demanded."},
	"rule.against.frozen":       {"En myndighet har förbjudit betalning.", "En myndighed har forbudt betaling.", "An authority has prohibited payment."},
	"rule.against.disputed":     {"Personen har en invändning som inte är avgjord. Så länge stannar kraven.", "Personen har en indsigelse, der ikke er afgjort. Så længe stopper kravene.", "The person has an objection that is not settled. Until then demands stop."},
	"rule.against.claim_open":   {"Personen har sagt att något är betalt, och det är inte besvarat.", "Personen har sagt, at noget er betalt, og det er ikke besvaret.", "The person has said that something is paid, and that has no answer yet."},
	"rule.against.barred":       {"Skulden är preskriberad. Den får inte krävas.", "Gælden er forældet. Den må ikke kræves.", "The debt is barred by time. It may not be demanded."},
	"rule.against.plan_running": {"En plan löper. Så länge stannar kraven.", "En plan løber. Så længe stopper kravene.", "A plan runs. Until then demands stop."},
	"rule.against.plan-broken":  {"En plan har inte hållits. Först pratar en medarbetare med personen.", "En plan er ikke holdt. Først taler en medarbejder med personen.", "A plan was not kept. A member of staff talks with the person first."},
	"rule.against.late_free":    {"En medarbetare har bestämt att ingen dröjsmålsränta löper nu.", "En medarbejder har bestemt, at der ikke løber morarente nu.", "A member of staff has decided that no late interest runs now."},
	"rule.against.debt_relief":  {"Personen har fått skuldsanering.", "Personen har fået gældssanering.", "The person has been granted debt relief."},
	"rule.against.cost_cap":     {"Krediten har redan kostat så mycket som den får.", "Kreditten har allerede kostet så meget, som den må.", "The credit has already cost as much as it may."},

	"rule.hold.flag":      {"En medarbetare tar hand om ärendet, och det automatiska pausar.", "En medarbejder tager sig af sagen, og det automatiske holder pause.", "A member of staff looks after the case, and what is automatic pauses."},
	"rule.hold.complaint": {"Ett klagomål är inte besvarat.", "En klage er ikke besvaret.", "A complaint has no answer yet."},
	"rule.hold.callback":  {"Ett samtal är utlovat.", "En opringning er lovet.", "A call has been promised."},
	"rule.hold.promise":   {"Personen har sagt när betalningen kommer.", "Personen har sagt, hvornår betalingen kommer.", "The person has said when the payment comes."},
	"rule.hold.proposal":  {"Ett förslag till plan väntar på svar.", "Et forslag til plan venter på svar.", "A proposed plan waits for an answer."},
	"rule.hold.stop":      {"En medarbetare har stoppat det automatiska.", "En medarbejder har stoppet det automatiske.", "A member of staff has stopped what is automatic."},
	"rule.until":          {"Det gäller till och med {until}.", "Det gælder til og med {until}.", "That holds until {until}."},

	"rule.doubt.person":  {"Det avgörs alltid av en människa.", "Det afgøres altid af et menneske.", "A person always decides this."},
	"rule.doubt.owner":   {"Ingen svarar ännu för regeln. Därför avgör en människa.", "Ingen svarer endnu for reglen. Derfor afgør et menneske.", "Nobody answers for the rule yet. So a person decides."},
	"rule.doubt.review":  {"Regeln skulle ha setts över senast {review}. Därför avgör en människa.", "Reglen skulle være set efter senest {review}. Derfor afgør et menneske.", "The rule was to be reviewed by {review}. So a person decides."},
	"rule.doubt.stopped": {"Regeln är stoppad. Därför avgör en människa.", "Reglen er stoppet. Derfor afgør et menneske.", "The rule is stopped. So a person decides."},
	"rule.doubt.means":   {"Programmet kan inte göra det själv än. Därför avgör en människa.", "Programmet kan ikke gøre det selv endnu. Derfor afgør et menneske.", "The program cannot do it by itself yet. So a person decides."},
	"rule.doubt.refused": {"Registret tog inte emot det. Därför avgör en människa.", "Registret tog ikke imod det. Derfor afgør et menneske.", "The registry did not take it. So a person decides."},

	"rule.override.reminder":      {"Påminnelsen rättas.", "Påmindelsen rettes.", "The reminder is corrected."},
	"rule.override.letter":        {"Brevet rättas.", "Brevet rettes.", "The letter is corrected."},
	"rule.override.reminder_fee":  {"Avgiften för påminnelsen är nedsatt.", "Gebyret for påmindelsen er sat ned.", "The fee for the reminder has been reduced."},
	"rule.override.demand":        {"Kravet rättas.", "Kravet rettes.", "The demand is corrected."},
	"rule.override.demand_fee":    {"Avgiften för kravet är nedsatt.", "Gebyret for kravet er sat ned.", "The fee for the demand has been reduced."},
	"rule.override.late_interest": {"Dröjsmålsräntan är nedsatt.", "Morarenten er sat ned.", "The late interest has been reduced."},
	"rule.override.acceleration":  {"Frågan om uppsägning är tillbakatagen.", "Spørgsmålet om opsigelse er trukket tilbage.", "The question of letting all fall due is taken back."},
	"rule.override.broken_plan":   {"Frågan om planen är tillbakatagen.", "Spørgsmålet om planen er trukket tilbage.", "The question about the plan is taken back."},
	"rule.override.priority":      {"Samtalet är struket.", "Opringningen er slettet.", "The call is struck off."},

	"rule.changed.after_days": {"Väntetid: {from} dagar blir {to}.", "Ventetid: {from} dage bliver {to}.", "Waiting time: {from} days become {to}."},
	"rule.changed.pay_days":   {"Tid att betala eller invända: {from} dagar blir {to}.", "Tid til at betale eller gøre indsigelse: {from} dage bliver {to}.", "Time to pay or object: {from} days become {to}."},
	"rule.changed.quiet_days": {"Tid utan samtal: {from} dagar blir {to}.", "Tid uden samtale: {from} dage bliver {to}.", "Time without a talk: {from} days become {to}."},
	"rule.changed.least":      {"Minsta belopp: {from} blir {to}.", "Mindste beløb: {from} bliver {to}.", "Smallest amount: {from} becomes {to}."},
	"rule.changed.fee":        {"Avgift: {from} blir {to}.", "Gebyr: {from} bliver {to}.", "Fee: {from} becomes {to}."},
	"rule.changed.percent":    {"Andel av skulden: {from} % blir {to} %.", "Andel af gælden: {from} % bliver {to} %.", "Share of the debt: {from}% becomes {to}%."},
	"rule.changed.owner":      {"Svarar för regeln: {from} blir {to}.", "Svarer for reglen: {from} bliver {to}.", "Who answers for the rule: {from} becomes {to}."},
	"rule.changed.review":     {"Ses över senast: {from} blir {to}.", "Ses efter senest: {from} bliver {to}.", "Reviewed by: {from} becomes {to}."},
	"rule.changed.assumption": {"Antagandet är skrivet på nytt.", "Antagelsen er skrevet på ny.", "The assumption is written anew."},
	"rule.changed.ended":      {"Regeln är avslutad.", "Reglen er afsluttet.", "The rule has ended."},
	"rule.changed.resumed":    {"Regeln är tagen i bruk igen.", "Reglen er taget i brug igen.", "The rule is in use again."},

	"rule.param.after_days": {"Väntetid i dagar", "Ventetid i dage", "Waiting time in days"},
	"rule.param.pay_days":   {"Dagar att betala eller invända", "Dage til at betale eller gøre indsigelse", "Days to pay or object"},
	"rule.param.quiet_days": {"Dagar utan samtal", "Dage uden samtale", "Days without a talk"},
	"rule.param.least":      {"Minsta belopp", "Mindste beløb", "Smallest amount"},
	"rule.param.fee":        {"Högsta avgift", "Højeste gebyr", "Highest fee"},
	"rule.param.percent":    {"Procent av skulden", "Procent af gælden", "Percent of the debt"},
}
