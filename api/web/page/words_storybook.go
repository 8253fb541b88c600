package page

// storybookWords are for those who look at the pages' looks.
var storybookWords = Table{
	"storybook.title":      {"Sidorna i alla lägen", "Siderne i alle tilstande", "The pages in every state"},
	"storybook.lead":       {"Påhittade personer och företag, för den som granskar sidorna.", "Opdigtede personer og virksomheder, for den, der gennemgår siderne.", "People and companies that do not exist, for who reviews the pages."},
	"storybook.components": {"Beståndsdelarna", "Bestanddelene", "The components"},
	"storybook.numbers":    {"Belopp, datum och räntor", "Beløb, datoer og renter", "Amounts, dates and rates"},
	"storybook.statuses":   {"Lägen", "Tilstande", "Statuses"},
	"storybook.people":     {"Människor", "Mennesker", "People"},
	"storybook.forms":      {"Formulär", "Formularer", "Forms"},
	"storybook.lines":      {"Belopp som förklaras", "Beløb, der forklares", "Amounts with their explanation"},
	"storybook.time":       {"Tid", "Tid", "Time"},
	"storybook.rest":       {"Övrigt", "Øvrigt", "The rest"},
}
