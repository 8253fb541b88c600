package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/letter"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// LetterSend sends a letter to a person of a case, or to each of them. A fee is charged
// in the same act: there is no fee without its letter, and no letter that names a fee
// which is not charged.
type LetterSend struct {
	Note    ledger.NoteID     `json:"note"`
	Kind    letter.Kind       `json:"kind"`
	To      ledger.PartyID    `json:"to,omitempty"`      // every borrower where it is empty
	Channel casebook.Delivery `json:"channel,omitempty"` // the surest that there is where it is empty
	PayBy   finance.Date      `json:"pay_by,omitzero"`
	Fee     finance.Amount    `json:"fee,omitempty"` // in the note's currency
	Words   string            `json:"words,omitempty"`
}

// demanding are the letters that demand something.
var demanding = []letter.Kind{letter.Reminder, letter.Demand}

// Name names the act.
func (*LetterSend) Name() ActName { return NameLetterSend }

// Subject is the note.
func (a *LetterSend) Subject() ledger.NoteID { return a.Note }

// Check refuses a letter that lacks anything, one that demands what may not be demanded
// just now, and a fee that may not be charged.
func (a *LetterSend) Check(ctx context.Context, d *Desk) error {
	switch {
	case !slices.Contains(letter.Kinds(), a.Kind):
		return wrongField("kind", "a kind of letter")
	case a.Channel != "" && !slices.Contains(casebook.Deliveries(), a.Channel):
		return wrongField("channel", "letter, email, message or portal")
	case a.Fee < 0 || a.Fee > 0 && feeKinds[a.Kind] == "":
		return wrongField("fee", "no fee")
	}
	if err := checkText("words", a.Words, MaxWords, false); err != nil {
		return err
	}
	now, err := d.lookAhead(ctx, a.Note)
	if err != nil {
		return err
	}
	if slices.Contains(demanding, a.Kind) {
		s, err := ledger.Summarize(now.note, now.holder, finance.DateOf(now.frame.At))
		if err != nil {
			return fmt.Errorf("summing up note %s: %w", a.Note, err)
		}
		if refusal := refuseDemand(now.note, &s); refusal != nil {
			return refusal
		}
	}
	drafts, err := d.Drafts(ctx, a)
	if err != nil {
		return err
	}
	var missing []string
	for i := range drafts {
		for _, e := range drafts[i].Missing {
			missing = append(missing, e.ID)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return ledger.Refuse(ledger.CodeLetter, "kind", string(a.Kind), "elements", strings.Join(slices.Compact(missing), ", "))
	}
	if a.Fee == 0 {
		return nil
	}
	return a.checkFee(ctx, d, now)
}

// Describe says what is sent, and what it costs the borrower.
func (a *LetterSend) Describe() []Saying {
	said := []Saying{Say("act.letter.send.says", "kind", Say("letter.kind."+string(a.Kind)))}
	if slices.Contains(demanding, a.Kind) && !a.PayBy.IsZero() {
		said = append(said, Say("act.letter.send.by", "day", a.PayBy))
	}
	if a.Fee > 0 {
		said = append(said, Say("act.letter.send.fee"))
	}
	return append(said, Say("act.letter.send.told"))
}

// Do keeps the letters, charges the fee, lets the letters go and tells the borrowers. A
// fee that is refused withdraws the letters; one whose fate is not known yet holds them
// back until it is (see PassLetters).
func (a *LetterSend) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	written, err := d.writeLetters(ctx, a, by)
	if err != nil {
		return Effect{}, err
	}
	e := Effect{Undo: &LetterCorrect{Note: a.Note, Sent: by.ID}}
	if written[0].Fee > 0 {
		done, err := d.chargeFee(ctx, by, &written[0])
		if _, refused := asRefusal(err); refused {
			return Effect{}, errors.Join(err, d.withdraw(ctx, written))
		}
		e.Command, e.Unsettled = done.Command, done.Unsettled
		if err != nil || done.Unsettled {
			return e, err
		}
	}
	return e, d.release(ctx, by.Actor, written)
}

// writeLetters keeps the letters of an act, and gives those that it kept before where it
// is repeated. One that was withdrawn counts no more: what was refused yesterday is
// written anew.
func (d *Desk) writeLetters(ctx context.Context, a *LetterSend, by Doing) ([]casebook.Letter, error) {
	kept, err := d.Book.LettersOfAct(ctx, by.ID)
	if err != nil {
		return nil, err
	}
	standing := slices.DeleteFunc(slices.Clone(kept), func(l casebook.Letter) bool { return l.State == casebook.LetterWithdrawn })
	if len(standing) > 0 {
		return standing, nil
	}
	drafts, err := d.Drafts(ctx, a)
	if err != nil {
		return nil, err
	}
	all := make([]casebook.Letter, len(drafts))
	for i := range drafts {
		if len(drafts[i].Missing) > 0 {
			return nil, ledger.Refuse(ledger.CodeLetter, "kind", string(a.Kind), "elements", drafts[i].Missing[0].ID)
		}
		if all[i], err = d.keepable(&drafts[i], by, len(kept)); err != nil {
			return nil, err
		}
	}
	all[0].Fee = a.Fee // once, however many persons are written to
	return all, d.Book.AddLetters(ctx, all...)
}

// keepable makes a row of a letter, with the digest of its PDF.
func (d *Desk) keepable(draft *LetterDraft, by Doing, before int) (casebook.Letter, error) {
	l := casebook.Letter{
		ID: derived("letter", by.ID, draft.Person.Party, before), Note: draft.Facts.Note, Party: draft.Person.Party, Kind: string(draft.Letter.Kind),
		Channel: draft.Channel, Name: draft.Person.Name, Title: draft.Letter.Title, Act: by.ID, Staff: by.Actor.Staff, Rule: by.Actor.Rule,
		State: casebook.LetterWritten, At: d.Clock(),
	}
	switch draft.Channel {
	case casebook.DeliverEmail:
		l.Reach = draft.Person.Email
	case casebook.DeliverMessage:
		l.Reach = draft.Person.Phones[0]
	}
	var err error
	if l.Facts, err = json.Marshal(draft.Facts); err != nil {
		return l, fmt.Errorf("writing down what a letter was written from: %w", err)
	}
	if l.Body, err = json.Marshal(draft.Letter); err != nil {
		return l, fmt.Errorf("writing down a letter: %w", err)
	}
	var file bytes.Buffer
	if err := draft.Letter.PDF(&file); err != nil {
		return l, err
	}
	l.Digest = sha256.Sum256(file.Bytes())
	return l, nil
}

// release lets letters go that are kept, and tells the borrowers. It may be repeated.
func (d *Desk) release(ctx context.Context, by Actor, all []casebook.Letter) error {
	for i := range all {
		l := &all[i]
		if l.State != casebook.LetterWritten {
			continue
		}
		if err := d.tellLetter(ctx, by, l); err != nil {
			return err
		}
		to := casebook.LetterMade
		if l.Channel == casebook.DeliverPortal {
			to = casebook.LetterSent // on the registrar's pages, by the journal
		} else if err := d.askToSend(ctx, l); err != nil {
			return err
		}
		if _, err := d.Book.MoveLetter(ctx, l.ID, casebook.LetterWritten, to, d.Clock()); err != nil {
			return err
		}
	}
	return nil
}

// askToSend puts a letter on the worklist that no outbox takes up.
func (d *Desk) askToSend(ctx context.Context, l *casebook.Letter) error {
	if d.Letters.Folder != "" {
		return nil
	}
	now := d.Clock()
	_, err := d.Book.AddTask(ctx, casebook.Task{
		Kind: casebook.TaskLetter, About: l.ID, Note: l.Note, Reason: "task.letter-send", Due: dueOn(finance.DateOf(now)), Owner: l.Staff,
	}, now)
	return err
}

// withdraw takes letters back that are not to be sent, or that count no more.
func (d *Desk) withdraw(ctx context.Context, all []casebook.Letter) error {
	for i := range all {
		for _, from := range []casebook.LetterState{casebook.LetterWritten, casebook.LetterMade, casebook.LetterSent} {
			if _, err := d.Book.MoveLetter(ctx, all[i].ID, from, casebook.LetterWithdrawn, d.Clock()); err != nil {
				return err
			}
		}
		if _, err := d.Book.DropTask(ctx, casebook.TaskID(casebook.TaskLetter, all[i].ID), "", d.Clock()); err != nil {
			return err
		}
	}
	return nil
}

// letterTopics say what the journal tells of a letter before its reader has signed in.
var letterTopics = map[letter.Kind]Topic{
	letter.Reminder: TopicPayment, letter.Demand: TopicPayment, letter.TransferNotice: TopicHolder, letter.PlanOffer: TopicPlan,
	letter.Contact: TopicCallback, letter.Correction: TopicInformation, letter.Answer: TopicObjection,
}

// maxToldRunes is how many characters the journal takes of a text.
const maxToldRunes = 2000

// tellLetter writes into the journal what was sent, in its own words in the person's
// language and by its title in the others.
func (d *Desk) tellLetter(ctx context.Context, by Actor, kept *casebook.Letter) error {
	l, err := ReadLetter(kept)
	if err != nil {
		return err
	}
	e := JournalEntry{
		ID: derived("letter told", kept.ID), Note: kept.Note, Party: kept.Party, Kind: JournalLetter, At: kept.At, Staff: by.Name,
		Channel: string(kept.Channel), Topic: letterTopics[l.Kind], Why: map[ledger.Language]string{},
	}
	if kept.Channel == casebook.DeliverPortal {
		e.Channel = string(casebook.DeliverMessage) // by the registrar's own pages
	}
	for _, lang := range ledger.Languages() {
		e.Why[lang] = l.Kind.TitleIn(lang)
	}
	e.Why[l.Language] = bounded(l.Said(), maxToldRunes)
	return d.Tell(ctx, e)
}

// bounded gives as many whole paragraphs of a text as fit.
func bounded(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	cut := string(runes[:most])
	if end := strings.LastIndex(cut, "\n"); end > 0 {
		cut = cut[:end]
	}
	return strings.TrimSpace(cut)
}

// ReadLetter gives a kept letter as it was sent.
func ReadLetter(kept *casebook.Letter) (*letter.Letter, error) {
	l := new(letter.Letter)
	if err := json.Unmarshal(kept.Body, l); err != nil {
		return nil, fmt.Errorf("reading the letter %s: %w", kept.ID, err)
	}
	return l, nil
}

// LetterFacts gives what a kept letter was written from.
func LetterFacts(kept *casebook.Letter) (*letter.Facts, error) {
	f := new(letter.Facts)
	if err := json.Unmarshal(kept.Facts, f); err != nil {
		return nil, fmt.Errorf("reading what the letter %s was written from: %w", kept.ID, err)
	}
	return f, nil
}

// LetterFile makes the PDF of a kept letter again. It is the very file that was sent, or
// an error.
func LetterFile(kept *casebook.Letter) ([]byte, error) {
	l, err := ReadLetter(kept)
	if err != nil {
		return nil, err
	}
	var file bytes.Buffer
	if err := l.PDF(&file); err != nil {
		return nil, err
	}
	if sha256.Sum256(file.Bytes()) != kept.Digest {
		return nil, fmt.Errorf("making the letter %s again: its file is another one than was sent on %s", kept.ID, kept.At.Format(time.DateOnly))
	}
	return file.Bytes(), nil
}

// DecisionOfLetter gives the decision of a rule that has led to a letter; nil where it
// was nobody's but a person's.
func (d *Desk) DecisionOfLetter(ctx context.Context, l *casebook.Letter) (*casebook.Decision, error) {
	all, err := d.Book.DecisionsOf(ctx, l.Note, 0, store.MaxPage)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if automaticID(&all[i]) == l.Act && all[i].State != casebook.DecisionLapsed {
			return &all[i], nil
		}
	}
	return nil, nil
}
