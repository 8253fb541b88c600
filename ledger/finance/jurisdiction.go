package finance

// Jurisdiction names the body of law that a note is under.
type Jurisdiction string

// The jurisdictions that this package has data for.
const (
	// Sweden is the law of Sweden.
	Sweden Jurisdiction = "SE"
	// Generic is no law in particular: Saturdays and Sundays are holidays, and
	// nothing is charged or refused but what the note itself says.
	Generic Jurisdiction = "generic"
)

// jurisdictionFacts is what a jurisdiction is made of besides its dated rules.
// Another country is added as a row here, rows among the rules and, where its
// law refers to one, a table.
type jurisdictionFacts struct {
	id       Jurisdiction
	calendar func() *holidays
	// referenceRates and priceBaseAmounts are nil where the law has none.
	referenceRates   func() ([]referenceRow, error)
	priceBaseAmounts func() ([]priceBaseRow, error)
}

var jurisdictions = [...]jurisdictionFacts{
	{
		id:               Sweden,
		calendar:         swedishHolidays,
		referenceRates:   swedishReferenceRates,
		priceBaseAmounts: swedishPriceBaseAmounts,
	},
	{id: Generic, calendar: noHolidays},
}

// ParseJurisdiction accepts exactly the jurisdictions that this package knows.
func ParseJurisdiction(s string) (Jurisdiction, error) {
	facts, err := factsOf(Jurisdiction(s))
	return facts.id, err
}

func factsOf(j Jurisdiction) (jurisdictionFacts, error) {
	for _, facts := range jurisdictions {
		if facts.id == j {
			return facts, nil
		}
	}
	return jurisdictionFacts{}, fieldErrorf("jurisdiction", "%.20q is not known", string(j))
}
