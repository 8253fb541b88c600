package casework

import (
	"context"
	"slices"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/letter"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// feeKinds are the fees of letters that may cost something.
var feeKinds = map[letter.Kind]finance.ChargeKind{letter.Reminder: finance.ReminderCharge, letter.Demand: finance.DemandCharge}

// someDigest stands for a letter that is not written yet, where the rules of the ledger
// are asked about its fee.
var someDigest = ledger.Digest{1}

// feeBody is the charge of the fee for a letter.
func feeBody(k letter.Kind, n *ledger.Note, fee finance.Amount, about ledger.Digest, on finance.Date) ledger.ChargeBody {
	return ledger.ChargeBody{
		Kind: feeKinds[k], Amount: finance.Money{Amount: fee, Currency: n.Terms.Principal.Currency}, On: on, About: about,
	}
}

// charged gives the fee that was charged for a letter; nil where none was.
func charged(n *ledger.Note, about ledger.Digest) *ledger.Charge {
	i := slices.IndexFunc(n.Charges, func(c ledger.Charge) bool { return c.About == about })
	if i < 0 || about.IsZero() {
		return nil
	}
	return &n.Charges[i]
}

// checkFee asks the rules of the ledger about the fee. One that this very act has
// charged, before it was interrupted, stands in the way of nothing.
func (a *LetterSend) checkFee(ctx context.Context, d *Desk, now *ahead) error {
	err := now.would(ledger.OpCharge, feeBody(a.Kind, now.note, a.Fee, someDigest, finance.DateOf(now.frame.At)))
	if ledger.CodeOf(err) != ledger.CodeChargeRepeated {
		return err
	}
	half, _, readErr := d.Book.Letters(ctx, casebook.LetterQuery{Note: a.Note, Kind: string(a.Kind), State: casebook.LetterWritten, Limit: store.MaxPage})
	if readErr != nil {
		return readErr
	}
	for i := range half {
		if charged(now.note, half[i].Digest) != nil {
			return nil
		}
	}
	return err
}

// chargeFee charges the fee of a letter that is kept, for the day that stands on it.
func (d *Desk) chargeFee(ctx context.Context, by Doing, l *casebook.Letter) (Submitted, error) {
	f, err := LetterFacts(l)
	if err != nil {
		return Submitted{}, err
	}
	n, err := d.Book.Note(ctx, l.Note)
	if err != nil || n == nil {
		return Submitted{}, orNotFound(err)
	}
	return d.Submit(ctx, by, l.Note, ledger.OpCharge, feeBody(letter.Kind(l.Kind), n.State, l.Fee, l.Digest, f.On))
}

// feeRules are the rules that charge for a letter.
var feeRules = map[rule.Kind]rule.Kind{rule.Reminder: rule.ReminderFee, rule.Demand: rule.DemandFee}

// feeWith gives the fee that goes with a letter, which names it: what the rule of the fee
// decides once the letter is sent, if it acts by itself. The letter is free where that
// rule asks a person, and where the ledger would refuse the fee.
func (d *Desk) feeWith(ctx context.Context, note ledger.NoteID, m *Made) (finance.Amount, error) {
	n, err := d.Book.Note(ctx, note)
	if err != nil || n == nil {
		return 0, err
	}
	rules, err := d.Rules(ctx)
	if err != nil {
		return 0, err
	}
	today := finance.DateOf(d.Clock())
	v, err := d.see(ctx, n, today, true)
	if err != nil {
		return 0, err
	}
	sent := rule.Earlier{Kind: m.Decision.Kind, On: today, PayBy: m.Decision.PayBy}
	v.facts.Earlier = append([]rule.Earlier{sent}, v.facts.Earlier...)
	want := feeRules[m.Decision.Kind]
	for i := range rules {
		if rules[i].Kind != want {
			continue
		}
		if of := v.decide(&rules[i]); of.Decision.Outcome == rule.Act {
			return d.chargeable(ctx, note, letter.Kind(m.Decision.Kind), of.Decision.Fee)
		}
	}
	return 0, nil
}

// chargeable gives a fee if the ledger lets it be charged just now, and none otherwise.
func (d *Desk) chargeable(ctx context.Context, note ledger.NoteID, k letter.Kind, fee finance.Amount) (finance.Amount, error) {
	now, err := d.lookAhead(ctx, note)
	if err != nil {
		return 0, err
	}
	err = now.would(ledger.OpCharge, feeBody(k, now.note, fee, someDigest, finance.DateOf(now.frame.At)))
	if _, refused := asRefusal(err); refused {
		return 0, nil
	}
	return fee, err
}

// feeFor makes the act of the fee for a letter that was sent: the letter has charged it,
// or it is charged now and names the letter by its digest.
func (d *Desk) feeFor(ctx context.Context, note ledger.NoteID, of rule.Kind, kind finance.ChargeKind, m *Made) (Act, error) {
	sent := casebook.Decision{Kind: string(of), Note: note, About: m.Decision.About}
	all, err := d.Book.LettersOfAct(ctx, automaticID(&sent))
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(l casebook.Letter) bool { return l.State == casebook.LetterWithdrawn })
	switch {
	case len(all) == 0:
		return nil, nil
	case all[0].Fee > 0:
		return &TellFee{Note: note}, nil
	}
	return On(note, ledger.OpCharge, ledger.ChargeBody{
		Kind: kind, Amount: finance.Money{Amount: m.Decision.Fee, Currency: m.Facts.Currency}, On: m.Facts.On, About: all[0].Digest,
	})
}
