package page

// reliefWords belong to fees, to what is taken off, and to what a credit may cost.
var reliefWords = Table{
	"lines.charge.reminder":     {"Avgift för påminnelse den {date}", "Gebyr for rykker den {date}", "Fee for a reminder of {date}"},
	"lines.charge.demand":       {"Avgift för inkassokrav den {date}", "Gebyr for inkassokrav den {date}", "Fee for a demand of {date}"},
	"lines.charge.plan":         {"Avgift för avbetalningsplan den {date}", "Gebyr for afdragsordning den {date}", "Fee for the instalment plan of {date}"},
	"lines.charge.late_payment": {"Ersättning för sen betalning den {date}", "Kompensation for sen betaling den {date}", "Compensation for late payment of {date}"},
	"lines.relief":              {"Nedsatt den {date}: ”{reason}”", "Nedsat den {date}: ”{reason}”", "Taken off on {date}: “{reason}”"},
	"lines.capped.one":          {"{from}: det sista som får räknas. Krediten får inte kosta mer.", "{from}: det sidste, der må beregnes. Kreditten må ikke koste mere.", "{from}: the last that may be counted. The credit may cost no more."},
	"lines.capped.many":         {"{from} till {to}: det sista som får räknas. Krediten får inte kosta mer.", "{from} til {to}: det sidste, der må beregnes. Kreditten må ikke koste mere.", "{from} to {to}: the last that may be counted. The credit may cost no more."},
	"lines.meter":               {"Kostnader hittills: {charged} av högst {limit}. Mer får krediten inte kosta, vem som än innehar den.", "Omkostninger indtil nu: {charged} af højst {limit}. Mere må kreditten ikke koste, hvem der end har den.", "Costs so far: {charged} of at most {limit}. The credit may not cost more, whoever holds it."},
	"lines.cost_cap":            {"Krediten har kostat så mycket som lagen tillåter. Ingen ränta och inga avgifter tillkommer.", "Kreditten har kostet så meget, som loven tillader. Der kommer ingen renter og gebyrer til.", "The credit has cost as much as the law allows. No interest and no fees are added."},
	"lines.late_free":           {"Ingen dröjsmålsränta räknas till och med {until}.", "Der løber ingen morarente til og med {until}.", "No late interest is counted until the end of {until}."},
	"lines.debt_relief":         {"Du har skuldsanering sedan {from} (beslut {decision}). Ingen ränta räknas, och beslutet gäller mot den som innehar skuldebrevet.", "Du har gældssanering siden {from} (afgørelse {decision}). Der løber ingen renter, og afgørelsen gælder over for den, der har gældsbrevet.", "You have debt relief since {from} (decision {decision}). No interest is counted, and the decision holds against whoever has the note."},
	"pays.set_off":              {"kvittat: {ground}", "modregnet: {ground}", "set off: {ground}"},
}
