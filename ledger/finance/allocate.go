package finance

// Owed is what a payment can be spent on, each part in minor units and not
// negative.
type Owed struct {
	Costs        Amount `json:"costs"`
	LateInterest Amount `json:"late_interest"`
	Interest     Amount `json:"interest"`
	Principal    Amount `json:"principal"`
}

// Parts is what a payment was spent on.
type Parts Owed

// Total returns the sum of what is owed, or ErrOutOfRange.
func (o Owed) Total() (Amount, error) { return sum(o.Costs, o.LateInterest, o.Interest, o.Principal) }

// Total returns the sum of what was spent, or ErrOutOfRange.
func (p Parts) Total() (Amount, error) { return Owed(p).Total() }

// Allocate spends a payment in the order costs, late interest, interest,
// principal, and returns what is left when all is paid. A payment or a part that
// is not positive counts as nothing, so nothing is ever spent that is not there:
// the parts and the rest always sum to the payment.
func Allocate(payment Amount, owed Owed) (Parts, Amount) {
	rest := max(0, payment)
	take := func(part Amount) Amount {
		taken := min(rest, max(0, part))
		rest -= taken
		return taken
	}
	var parts Parts
	parts.Costs = take(owed.Costs)
	parts.LateInterest = take(owed.LateInterest)
	parts.Interest = take(owed.Interest)
	parts.Principal = take(owed.Principal)
	return parts, rest
}

func sum(amounts ...Amount) (Amount, error) {
	var total Amount
	for _, amount := range amounts {
		var err error
		if total, err = total.Add(amount); err != nil {
			return 0, err
		}
	}
	return total, nil
}
