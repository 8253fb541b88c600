package page

// claimWords belong to when a debt may be claimed: all of it ahead of its time, and
// how long at all.
var claimWords = Table{
	"note.accelerated":         {"Hela skulden är uppsagd till betalning", "Hele gælden er opsagt til betaling", "All of the debt is to be paid"},
	"note.accelerated.why":     {"Betala {amount} senast {date}, så fortsätter dina avbetalningar som förut. Säg till om du behöver hjälp: det finns en väg framåt.", "Betal {amount} senest {date}, så fortsætter dine afdrag som før. Sig til, hvis du har brug for hjælp: der er en vej frem.", "Pay {amount} by {date}, and your instalments go on as before. Tell us if you need help: there is a way forward."},
	"note.accelerated.all.why": {"Allt som är kvar ska betalas senast {date}. Säg till om du behöver hjälp: ni kan komma överens om en plan.", "Alt, hvad der er tilbage, skal betales senest {date}. Sig til, hvis du har brug for hjælp: I kan aftale en plan.", "All that is left is to be paid by {date}. Tell us if you need help: you can agree on a plan."},

	"limitation.agreement":       {"Skulden kan krävas till och med {until}. Tiden räknas från {date}, då lånet avtalades.", "Gælden kan kræves til og med {until}. Fristen regnes fra {date}, da lånet blev aftalt.", "The debt can be claimed until {until}. The time is counted from {date}, when the loan was agreed."},
	"limitation.signature":       {"Skulden kan krävas till och med {until}. Tiden räknas från {date}, då skuldebrevet skrevs under.", "Gælden kan kræves til og med {until}. Fristen regnes fra {date}, da gældsbrevet blev underskrevet.", "The debt can be claimed until {until}. The time is counted from {date}, when the note was signed."},
	"limitation.payment":         {"Skulden kan krävas till och med {until}. Tiden räknas från {date}, då en betalning kom.", "Gælden kan kræves til og med {until}. Fristen regnes fra {date}, da en betaling kom.", "The debt can be claimed until {until}. The time is counted from {date}, when a payment came."},
	"limitation.amendment":       {"Skulden kan krävas till och med {until}. Tiden räknas från {date}, då ni kom överens om resten.", "Gælden kan kræves til og med {until}. Fristen regnes fra {date}, da I aftalte resten.", "The debt can be claimed until {until}. The time is counted from {date}, when you agreed on the rest."},
	"limitation.acknowledgement": {"Skulden kan krävas till och med {until}. Tiden räknas från {date}, då skulden erkändes.", "Gælden kan kræves til og med {until}. Fristen regnes fra {date}, da gælden blev anerkendt.", "The debt can be claimed until {until}. The time is counted from {date}, when the debt was acknowledged."},
	"limitation.demand":          {"Skulden kan krävas till och med {until}. Tiden räknas från {date}, då ett skriftligt krav nådde dig.", "Gælden kan kræves til og med {until}. Fristen regnes fra {date}, da et skriftligt krav nåede dig.", "The debt can be claimed until {until}. The time is counted from {date}, when a written demand reached you."},
	"limitation.filing":          {"Skulden kan krävas till och med {until}. Tiden räknas från {date}, då ansökan gjordes hos domstol eller Kronofogden.", "Gælden kan kræves til og med {until}. Fristen regnes fra {date}, da sagen blev anmeldt til en domstol eller inddrivelsesmyndighed.", "The debt can be claimed until {until}. The time is counted from {date}, when it was filed with a court or the enforcement authority."},

	"proposal.rate": {"Förslaget: {rate} i årsränta", "Forslaget: {rate} i årlig rente", "The proposal: {rate} a year"},
	"proposal.free": {"Förslaget: utan ränta och avgifter", "Forslaget: uden rente og gebyrer", "The proposal: without interest and fees"},
}
