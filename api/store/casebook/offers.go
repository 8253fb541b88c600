package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// OfferState is what the evidence of an offered note has turned out to be.
type OfferState string

// The states.
const (
	OfferWaiting OfferState = "" // it was not looked at yet
	OfferGenuine OfferState = "genuine"
	OfferFault   OfferState = "fault" // Words says what is wrong
)

// OfferCheck is the evidence of a note that is offered to the company: whether it
// proves what stands on the note.
type OfferCheck struct {
	Note     ledger.NoteID
	Transfer ledger.CommandID // the offer; of an earlier one it says nothing
	State    OfferState
	Words    map[ledger.Language]string
	Asked    time.Time
	Ended    time.Time
}

// AskOfferChecks has the evidence of offered notes verified. What was found genuine for
// the same offer stays so.
func (b *Book) AskOfferChecks(ctx context.Context, all []OfferCheck, now time.Time) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, c := range all {
			_, err := tx.ExecContext(ctx, `INSERT INTO offer_checks (note, transfer, state, words, asked, ended) VALUES ($1, $2, '', '', $3, 0)
				ON CONFLICT (note) DO UPDATE SET transfer = excluded.transfer, state = '', words = '', asked = excluded.asked, ended = 0
				WHERE offer_checks.state <> 'genuine' OR offer_checks.transfer <> excluded.transfer`, string(c.Note), string(c.Transfer), now.Unix())
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("asking for evidence to be verified: %w", err)
	}
	return nil
}

// StopOfferChecks takes back what of notes still waits to be verified.
func (b *Book) StopOfferChecks(ctx context.Context, notes []ledger.NoteID) error {
	places, args := listed(notes)
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM offer_checks WHERE state = '' AND note IN ("+places+")", args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("stopping the verifying of evidence: %w", err)
	}
	return nil
}

// SettleOfferCheck notes what the evidence of an offered note turned out to be, unless
// nobody waits for it any more.
func (b *Book) SettleOfferCheck(ctx context.Context, c OfferCheck) error {
	words, err := json.Marshal(c.Words)
	if err != nil {
		return fmt.Errorf("writing down what is wrong with evidence: %w", err)
	}
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE offer_checks SET state = $1, words = $2, ended = $3 WHERE note = $4 AND transfer = $5 AND state = ''",
			string(c.State), string(words), c.Ended.Unix(), string(c.Note), string(c.Transfer))
		return err
	})
	if err != nil {
		return fmt.Errorf("noting what evidence turned out to be: %w", err)
	}
	return nil
}

// WaitingOfferChecks gives those that wait to be verified, the first asked first.
func (b *Book) WaitingOfferChecks(ctx context.Context, limit int) ([]OfferCheck, error) {
	return b.offerChecks(ctx, "WHERE state = '' ORDER BY asked, note LIMIT $1", store.PageLimit(limit))
}

// OfferChecks gives what is known of the evidence of notes, at most store.MaxPage.
func (b *Book) OfferChecks(ctx context.Context, notes []ledger.NoteID) (map[ledger.NoteID]OfferCheck, error) {
	notes = notes[:min(len(notes), store.MaxPage)]
	places, args := listed(notes)
	all, err := b.offerChecks(ctx, "WHERE note IN ("+places+")", args...)
	if err != nil {
		return nil, err
	}
	found := make(map[ledger.NoteID]OfferCheck, len(all))
	for _, c := range all {
		found[c.Note] = c
	}
	return found, nil
}

// listed gives the places of notes in a statement, of which there is always one.
func listed(notes []ledger.NoteID) (places string, args []any) {
	names := []string{"''"}
	for i, id := range notes {
		names, args = append(names, fmt.Sprintf("$%d", i+1)), append(args, string(id))
	}
	return strings.Join(names, ", "), args
}

func (b *Book) offerChecks(ctx context.Context, where string, args ...any) ([]OfferCheck, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT note, transfer, state, words, asked, ended FROM offer_checks "+where, args...)
	if err != nil {
		return nil, fmt.Errorf("reading what evidence turned out to be: %w", err)
	}
	return store.Collect(rows, func(rows *sql.Rows) (c OfferCheck, err error) {
		var asked, ended int64
		var words string
		if err = rows.Scan(&c.Note, &c.Transfer, &c.State, &words, &asked, &ended); err != nil {
			return c, err
		}
		if c.Asked, c.Ended = store.InTime(asked), store.InTime(ended); words != "" {
			err = json.Unmarshal([]byte(words), &c.Words)
		}
		return c, err
	})
}
