package finance

import "fmt"

// OfferFacts is what the law looks at when a note is offered.
type OfferFacts struct {
	Jurisdiction Jurisdiction
	// AgreedOn is the date of the agreement, which decides the rules.
	AgreedOn Date
	// Consumer says that a borrower is a consumer and the lender is a trader.
	Consumer bool
	// Housing says that the credit is a housing credit.
	Housing bool
	// CreditPurchase says that the credit pays for goods or services under an
	// arrangement between their seller and the lender.
	CreditPurchase bool
	// Negotiable says that the note is negotiable.
	Negotiable bool
	Rate       Rate
	// LateRate is nil where the note leaves late interest to the law.
	LateRate *Rate
	// SetupFee is the zero Money where there is none.
	SetupFee Money
	// ReminderFee is the agreed fee for a written reminder; the zero Money where
	// none was agreed.
	ReminderFee Money
}

// Violation is a limit of the law that an offer passes.
type Violation struct {
	// Rule is the ID of the dated rule.
	Rule string `json:"rule"`
	// Source is where the rule, and the figure it refers to, can be read.
	Source string `json:"source"`
	// Limit is what the law allows, and Got is what the offer says.
	Limit string `json:"limit"`
	Got   string `json:"got"`
}

// CheckOffer returns every limit that the offer passes, in the order of
// DatedRules; none means that the rules known here allow it. Where a rule refers
// to a figure that no table has, it returns a *MissingRateError: an offer must
// not be let through because the program does not know the limit.
func CheckOffer(f OfferFacts) ([]Violation, error) {
	if _, err := factsOf(f.Jurisdiction); err != nil {
		return nil, err
	}
	if f.AgreedOn.IsZero() {
		return nil, fieldErrorf("agreed_on", "is missing")
	}
	if f.SetupFee.Amount < 0 {
		return nil, fieldErrorf("setup_fee", "must not be negative")
	}
	if f.ReminderFee.Amount < 0 {
		return nil, fieldErrorf("reminder_fee", "must not be negative")
	}
	notes := circumstances{
		jurisdiction:   f.Jurisdiction,
		consumer:       f.Consumer,
		housing:        f.Housing,
		creditPurchase: f.CreditPurchase,
		negotiable:     f.Negotiable,
	}
	var found []Violation
	for _, rule := range datedRules {
		if !rule.applies(notes, f.AgreedOn) {
			continue
		}
		violation, err := rule.check(f)
		if err != nil {
			return nil, fmt.Errorf("checking the offer against %s: %w", rule.Source, err)
		}
		if violation != nil {
			found = append(found, *violation)
		}
	}
	return found, nil
}

// check returns what the offer breaks, or nil. Rules that do not limit an offer
// are never broken by one.
func (r Rule) check(f OfferFacts) (*Violation, error) {
	switch r.Measure {
	case MeasureRate:
		return r.checkRate(f, f.Rate)
	case MeasureLateRate:
		if f.LateRate == nil {
			return nil, nil
		}
		return r.checkRate(f, *f.LateRate)
	case MeasureSetupFee:
		return r.checkSetupFee(f)
	case MeasureReminderFee:
		return r.checkReminderFee(f)
	case MeasureForm:
		return &Violation{Rule: r.ID, Source: r.Source, Limit: "a simple note", Got: "a negotiable note"}, nil
	default:
		return nil, nil
	}
}

func (r Rule) checkRate(f OfferFacts, rate Rate) (*Violation, error) {
	reference, source, err := ReferenceRate(f.Jurisdiction, f.AgreedOn)
	if err != nil {
		return nil, err
	}
	limit := reference.Add(r.AboveReference)
	if rate.Cmp(limit) <= 0 {
		return nil, nil
	}
	return &Violation{
		Rule:   r.ID,
		Source: r.Source + "; reference rate " + source,
		Limit:  fmt.Sprintf("%s %% a year", limit),
		Got:    fmt.Sprintf("%s %% a year", rate),
	}, nil
}

func (r Rule) checkSetupFee(f OfferFacts) (*Violation, error) {
	if f.SetupFee.Amount == 0 {
		return nil, nil
	}
	base, source, err := PriceBaseAmount(f.Jurisdiction, f.AgreedOn)
	if err != nil {
		return nil, err
	}
	if f.SetupFee.Currency != base.Currency {
		return nil, fieldErrorf("setup_fee", "is in %s, and its limit is in %s", f.SetupFee.Currency, base.Currency)
	}
	limit := Money{Amount: base.Amount * Amount(r.PerMille) / 1000, Currency: base.Currency}
	if f.SetupFee.Amount <= limit.Amount {
		return nil, nil
	}
	return &Violation{
		Rule:   r.ID,
		Source: r.Source + "; " + source,
		Limit:  limit.String(),
		Got:    f.SetupFee.String(),
	}, nil
}

func (r Rule) checkReminderFee(f OfferFacts) (*Violation, error) {
	fee := f.ReminderFee
	switch {
	case fee.Amount == 0:
		return nil, nil
	case fee.Currency != r.AtMost.Currency:
		return nil, fieldErrorf("reminder_fee", "is in %s, and its limit is in %s", fee.Currency, r.AtMost.Currency)
	case fee.Amount <= r.AtMost.Amount:
		return nil, nil
	}
	return &Violation{Rule: r.ID, Source: r.Source, Limit: r.AtMost.String(), Got: fee.String()}, nil
}
