package store

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
)

// When a block tells that a note is erased, everything goes that the database has
// of it, in the transaction that brings the block in: a crash leaves no half of it,
// and a database that is rebuilt, or restored from a backup of before, loses it as
// the block comes by. What stays are its entries, which are public, and of them the
// last says that the note was erased.
//
// Who was told of the erasure itself stays for KeepErasures, since whoever has
// copies must learn that they are to go as well (Regulation (EU) 2016/679 art. 19).

// ofErased are the statements that take away what is known of a note.
var ofErased = []string{
	`DELETE FROM entry_parties WHERE position IN
		(SELECT position FROM entries WHERE kind = 'note' AND id = $1 AND op <> 'erase')`,
	`DELETE FROM deliveries WHERE subject = 'note/' || $1 AND position IN
		(SELECT position FROM entries WHERE kind = 'note' AND id = $1 AND op <> 'erase')`,
	"DELETE FROM submissions WHERE id = $1 AND op <> 'erase'",
	`DELETE FROM idempotency WHERE (party, target, name) IN
		(SELECT party, target, name FROM idempotency_notes WHERE note = $1)`,
	"DELETE FROM idempotency_notes WHERE note = $1",
	"UPDATE import_rows SET params = '{}', jws = '' WHERE note = $1",
	"DELETE FROM persons_of_cases WHERE note = $1",
	"DELETE FROM search_terms WHERE note = $1",
	"DELETE FROM tasks WHERE note = $1",
	"DELETE FROM contacts WHERE note = $1",
	"DELETE FROM promised_calls WHERE note = $1",
	"DELETE FROM promises WHERE note = $1",
	"DELETE FROM complaint_register WHERE note = $1",
	"DELETE FROM flags WHERE note = $1",
	"DELETE FROM decisions WHERE note = $1",
	"DELETE FROM letters WHERE note = $1",
	"DELETE FROM note_links WHERE note = $1",
	"DELETE FROM offer_checks WHERE note = $1",
	"DELETE FROM stops WHERE note = $1",
	"DELETE FROM desk_commands WHERE act IN (SELECT id FROM acts WHERE note = $1) OR act IN (SELECT id FROM bank_parts WHERE note = $1)",
	"DELETE FROM desk_commands WHERE command IN (SELECT command FROM entries WHERE kind = 'note' AND id = $1)", // also of acts about many notes
	// That somebody did something stays, and nothing of what it was about.
	"UPDATE acts SET body = '{}', reason = '', undo_name = '', undo_body = '' WHERE note = $1",
	"UPDATE approvals SET body = '{}', reason = '', words = '' WHERE note = $1",
	// The bank has its own statement for as long as books are kept.
	"UPDATE bank_entries SET payer = '', payer_account = '', payer_number = '', details = '{}' WHERE id IN (SELECT entry FROM bank_parts WHERE note = $1)",
	"UPDATE bank_entries SET candidates = '[]' WHERE candidates LIKE '%\"' || $1 || '\"%'",
	"UPDATE bank_parts SET remark = '', account = '' WHERE note = $1",
	// There are few drafts, and none is old.
	"DELETE FROM drafts WHERE payload LIKE '%\"note\":\"' || $1 || '\"%'",
}

// eraseNotes takes away what is known of the notes that blocks tell are erased.
func eraseNotes(ctx context.Context, tx *sql.Tx, blocks []ledger.Block) error {
	for _, b := range blocks {
		for _, t := range b.Transactions {
			for _, r := range t.Results {
				if r.Op != ledger.OpErase {
					continue
				}
				if err := eraseNote(ctx, tx, ledger.NoteID(r.Subject.ID)); err != nil {
					return fmt.Errorf("erasing note %s: %w", r.Subject.ID, err)
				}
			}
		}
	}
	return nil
}

func eraseNote(ctx context.Context, tx *sql.Tx, id ledger.NoteID) error {
	kept, err := readNote(ctx, tx, id)
	if err != nil {
		return err
	}
	if kept != nil {
		if err := dropNote(ctx, tx, kept); err != nil {
			return err
		}
	}
	for _, statement := range slices.Concat(ofErased, aboutNote) {
		if _, err := tx.ExecContext(ctx, statement, string(id)); err != nil {
			return err
		}
	}
	return nil
}

// dropNote takes a note's state away, and what each party is to it.
func dropNote(ctx context.Context, tx *sql.Tx, n *Note) error {
	for _, p := range partsOf(n.State, n.Holder) {
		if err := dropPart(ctx, tx, n.Cursor, p.party); err != nil {
			return err
		}
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM notes WHERE id = $1", string(n.State.ID))
	return err
}

// noteIDs finds the ids of notes in a text.
var noteIDs = regexp.MustCompile(`\bn[0-9a-z]{32}\b`)

// maxNamed bounds the notes by which one kept answer can be found: twice as many as
// a bulk of commands has.
const maxNamed = 2 * 1000

// notesIn gives the notes that a text names, each once.
func notesIn(text string) []string {
	ids := noteIDs.FindAllString(text, maxNamed)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// nameNotes notes by which notes a kept request can be found: those that its address
// or its answer names.
func nameNotes(ctx context.Context, tx *sql.Tx, k Key, notes []string, expires int64) error {
	var values []any
	for _, id := range notes {
		values = append(values, id, string(k.Party), k.Target, k.Name, expires)
	}
	return insertNew(ctx, tx, "idempotency_notes", []string{"note", "party", "target", "name", "expires"}, values)
}
