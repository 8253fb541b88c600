package casework

import (
	"context"
	"errors"
	"slices"

	"github.com/skuld-registry/skuld/api/casework/rule"
	"github.com/skuld-registry/skuld/api/letter"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// LetterDelivered notes that a letter has reached the person. A notice of a new holder
// then opens the gate on the ledger (1936:81 par. 31), and a written demand interrupts
// limitation (1981:130 par. 5), each proved by the digest of what was sent.
type LetterDelivered struct {
	Note   ledger.NoteID `json:"note"`
	Letter string        `json:"letter"`
	Kind   letter.Kind   `json:"kind"` // of the letter
	On     finance.Date  `json:"on"`
}

// Name names the act.
func (*LetterDelivered) Name() ActName { return NameLetterDelivered }

// Subject is the note.
func (a *LetterDelivered) Subject() ledger.NoteID { return a.Note }

// read gives the letter, which must be on its way.
func (a *LetterDelivered) read(ctx context.Context, d *Desk) (*casebook.Letter, error) {
	l, err := d.Book.Letter(ctx, a.Letter)
	switch {
	case err != nil || l == nil || l.Note != a.Note || l.Kind != string(a.Kind):
		return nil, orNotFound(err)
	case l.State != casebook.LetterMade && l.State != casebook.LetterSent || !l.Delivered.IsZero():
		return nil, settled()
	}
	return l, nil
}

// Check asks the rules of the ledger about what follows from the delivery.
func (a *LetterDelivered) Check(ctx context.Context, d *Desk) error {
	l, err := a.read(ctx, d)
	if err != nil {
		return err
	}
	if made, today := finance.DateOf(l.At), finance.DateOf(d.Clock()); a.On.Before(made) || a.On.After(today) {
		return wrongField("on", made.String()+" – "+today.String())
	}
	now, err := d.lookAhead(ctx, a.Note)
	if err != nil {
		return err
	}
	op, body := a.follows(now, l)
	if op == "" {
		return nil
	}
	return now.would(op, body)
}

// follows gives what is written on the ledger; nothing where nothing is to be, as where
// another borrower's copy of a notice has arrived before.
func (a *LetterDelivered) follows(now *ahead, l *casebook.Letter) (ledger.Op, any) {
	switch {
	case a.Kind == letter.TransferNotice && now.note.Notified.Holder != now.holder:
		return ledger.OpNotice, ledger.NoticeBody{Holder: now.holder, DeliveredOn: a.On, Channel: string(l.Channel), Content: l.Digest}
	case slices.Contains(demanding, a.Kind):
		return ledger.OpInterrupt, ledger.InterruptBody{Kind: ledger.Demand, On: a.On, Channel: string(l.Channel), Content: l.Digest}
	}
	return "", nil
}

// Describe says what follows.
func (a *LetterDelivered) Describe() []Saying {
	said := []Saying{Say("act.letter.delivered.says", "day", a.On)}
	switch {
	case a.Kind == letter.TransferNotice:
		said = append(said, Say("act.letter.delivered.gate"))
	case slices.Contains(demanding, a.Kind):
		said = append(said, Say("act.letter.delivered.interrupts"))
	}
	return said
}

// Do writes it on the ledger, and with the letter.
func (a *LetterDelivered) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	l, err := a.read(ctx, d)
	if err != nil {
		return Effect{}, err
	}
	now, err := d.lookAhead(ctx, a.Note)
	if err != nil {
		return Effect{}, err
	}
	var e Effect
	if op, body := a.follows(now, l); op != "" {
		done, err := d.Submit(ctx, by, a.Note, op, body)
		e.Command, e.Unsettled = done.Command, done.Unsettled
		if err != nil {
			return e, err
		}
	}
	if _, err := d.Book.MoveLetter(ctx, l.ID, casebook.LetterMade, casebook.LetterSent, d.Clock()); err != nil {
		return e, err
	}
	if _, err := d.Book.DropTask(ctx, casebook.TaskID(casebook.TaskLetter, l.ID), "", d.Clock()); err != nil {
		return e, err
	}
	return e, d.Book.DeliverLetter(ctx, l.ID, a.On)
}

// LetterCorrect takes back what an act has sent: the letters count no more, their fee is
// taken off, and whoever has got one is told by another letter why it was wrong. It is
// how a person overrides a letter of a rule.
type LetterCorrect struct {
	Note ledger.NoteID `json:"note"`
	Sent string        `json:"sent"` // the act
}

// Name names the act.
func (*LetterCorrect) Name() ActName { return NameLetterCorrect }

// Subject is the note.
func (a *LetterCorrect) Subject() ledger.NoteID { return a.Note }

// standing gives the letters that are taken back.
func (a *LetterCorrect) standing(ctx context.Context, d *Desk) ([]casebook.Letter, error) {
	all, err := d.Book.LettersOfAct(ctx, a.Sent)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 || all[0].Note != a.Note {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	all = slices.DeleteFunc(all, func(l casebook.Letter) bool { return l.State == casebook.LetterWithdrawn })
	if len(all) == 0 {
		return nil, settled()
	}
	return all, nil
}

// stands says whether there is anything to take back.
func (a *LetterCorrect) stands(ctx context.Context, d *Desk) (bool, error) {
	_, err := a.standing(ctx, d)
	if _, refused := asRefusal(err); refused {
		return false, nil
	}
	return err == nil, err
}

// correctsMuch says that the fee which is taken off is more than one person may decide.
func correctsMuch(ctx context.Context, d *Desk, r Request) (bool, error) {
	all, err := d.Book.LettersOfAct(ctx, r.Act.(*LetterCorrect).Sent)
	if err != nil || len(all) == 0 || all[0].Fee == 0 {
		return false, err
	}
	return d.overLimit(ctx, r, all[0].Fee, waivers)
}

// relief is what takes the fee off; nil where there is none any more.
func (a *LetterCorrect) relief(n *ledger.Note, all []casebook.Letter, reason string) *ledger.ReliefBody {
	for i := range all {
		if c := charged(n, all[i].Digest); c != nil && c.Relieved < c.Amount {
			return &ledger.ReliefBody{Part: ledger.PartCosts, Ground: ledger.GroundError, Charge: c.Seq, Reason: reason}
		}
	}
	return nil
}

// Check refuses what was taken back before, and what the ledger or the correction lacks.
func (a *LetterCorrect) Check(ctx context.Context, d *Desk) error {
	all, err := a.standing(ctx, d)
	if err != nil {
		return err
	}
	now, err := d.lookAhead(ctx, a.Note)
	if err != nil {
		return err
	}
	if body := a.relief(now.note, all, "–"); body != nil {
		if err := now.would(ledger.OpRelief, body); err != nil {
			return err
		}
	}
	for _, l := range received(all) {
		if err := correction(&l, "–").Check(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

// received are the letters that have gone out: who has one is to be told.
func received(all []casebook.Letter) []casebook.Letter {
	return slices.DeleteFunc(slices.Clone(all), func(l casebook.Letter) bool { return l.State != casebook.LetterSent })
}

// correction is the letter that corrects another one, in the same way to the same person.
func correction(l *casebook.Letter, words string) *LetterSend {
	return &LetterSend{Note: l.Note, Kind: letter.Correction, To: l.Party, Channel: l.Channel, Words: words}
}

// Describe says what is taken back.
func (*LetterCorrect) Describe() []Saying {
	return []Saying{Say("act.letter.correct.says"), Say("act.letter.correct.fee"), Say("act.letter.correct.told")}
}

// Do corrects. The letters are withdrawn last: until then a repeat does the whole again,
// each step of it once.
func (a *LetterCorrect) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	all, err := a.standing(ctx, d)
	if err != nil {
		return Effect{}, err
	}
	now, err := d.lookAhead(ctx, a.Note)
	if err != nil {
		return Effect{}, err
	}
	var e Effect
	if body := a.relief(now.note, all, by.Reason); body != nil {
		done, err := d.Submit(ctx, by, a.Note, ledger.OpRelief, body)
		e.Command, e.Unsettled = done.Command, done.Unsettled
		if err != nil {
			return e, err
		}
	}
	for _, l := range received(all) {
		doing := by
		doing.ID = derived("correction", by.ID, l.ID)
		if _, err := correction(&l, by.Reason).Do(ctx, d, doing); err != nil {
			return e, err
		}
	}
	entry := overridden(by, a.Note, all[0].Rule, d.Clock(), rule.Say("rule.override.letter"))
	return e, errors.Join(d.Tell(ctx, entry), d.withdraw(ctx, all))
}
