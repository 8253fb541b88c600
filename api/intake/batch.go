package intake

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// work submits a batch and records what became of it. A batch of which something
// is left keeps its place for a while: the ledger has enough to do.
func (w *Worker) work(ctx context.Context, b *batch) {
	fates, err := w.submit(ctx, b)
	if err != nil {
		w.Log.Warn("a batch of an import has no outcome and is tried again", "import", b.of.ID, "rows", len(b.rows), "error", err)
	}
	// What the ledger has done is recorded whether or not the worker is to end.
	if len(fates) > 0 {
		if err := w.Store.SettleImportRows(context.WithoutCancel(ctx), b.of.ID, fates, w.Clock()); err != nil {
			w.Log.Error("what became of a batch is not recorded; it is submitted again", "import", b.of.ID, "error", err)
			fates = nil
		}
	}
	w.count(b.of.ID, fates)
	if b.whole = len(fates) == len(b.rows); !b.whole {
		// An error is that ctx has ended, which Run sees for itself.
		_ = w.Pause(ctx, b.attempt)
	}
}

// count counts what became of rows and tells whoever watches.
func (w *Worker) count(id string, fates []store.ImportRow) {
	for _, f := range fates {
		if f.State == store.RowRejected {
			w.rejected.Add(1)
		} else {
			w.offered.Add(1)
		}
	}
	w.mu.Lock()
	p := w.paces[id]
	p.settled += len(fates)
	w.paces[id] = p
	w.mu.Unlock()
	w.announce()
}

// submit gives the fates of those rows of which they are final.
func (w *Worker) submit(ctx context.Context, b *batch) ([]store.ImportRow, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), submitTime)
	defer cancel()
	outcomes, err := w.outcomes(ctx, b)
	if err != nil {
		return nil, err
	}
	var fates []store.ImportRow
	var last uint64
	for n, o := range outcomes {
		fate, final := w.fate(ctx, b, b.rows[n], o)
		if final {
			fates = append(fates, fate)
		}
		last = max(last, o.Block)
	}
	if last > 0 {
		w.await(ctx, last)
	}
	return fates, nil
}

func (w *Worker) outcomes(ctx context.Context, b *batch) ([]ledger.Outcome, error) {
	if b.of.Rehearsal {
		all := make([]ledger.Rehearsal, len(b.rows))
		for i, r := range b.rows {
			all[i].Signed.JWS = r.JWS
		}
		return w.Service.Rehearse(ctx, all...)
	}
	all := make([]ledger.Signed, len(b.rows))
	for i, r := range b.rows {
		all[i].JWS = r.JWS
	}
	return w.Service.Submit(ctx, all...)
}

// passes says whether a refusal is of the moment. One that somebody else has to end,
// as that a party is not admitted yet, is told to the lender: a row that waits for
// that would keep one of the few places from other imports for as long.
func passes(e *ledger.Error) bool {
	return e.Retryable() && (e.Class() == ledger.ClassUnavailable || e.Class() == ledger.ClassConflict)
}

// fate says what became of a row, and whether that is final.
func (w *Worker) fate(ctx context.Context, b *batch, r store.ImportRow, o ledger.Outcome) (store.ImportRow, bool) {
	fate := store.ImportRow{Row: r.Row, State: store.RowOffered}
	if b.of.Rehearsal {
		fate.State = store.RowPassed
	}
	switch {
	case o.State == ledger.Committed && o.Result != nil:
		fate.Note = ledger.NoteID(o.Result.Subject.ID)
	case o.State != ledger.Rejected || o.Err == nil || passes(o.Err):
		return fate, false
	case o.Err.Code == ledger.CodeExists:
		id, err := w.offeredBefore(ctx, r)
		if err != nil {
			w.Log.Warn("a note that is there already cannot be compared with its row", "import", b.of.ID, "row", r.Row, "error", err)
			return fate, false
		}
		if fate.Note = id; id == "" {
			fate.State, fate.Code, fate.Params = store.RowRejected, o.Err.Code, o.Err.Params
		}
	default:
		fate.State, fate.Code, fate.Params = store.RowRejected, o.Err.Code, o.Err.Params
	}
	if b.of.Rehearsal {
		fate.Note = "" // there is none yet
	}
	return fate, true
}

// offeredBefore gives the note that stands where a row's offer would make one, ""
// where that note is none of the row's. The id of a note follows from its lender
// and from the command's id: the lender has offered this loan before, signed at
// another time, or it has given the command's id to another loan, for which the
// row must not pass as done.
func (w *Worker) offeredBefore(ctx context.Context, r store.ImportRow) (ledger.NoteID, error) {
	id, wanted, err := w.offer(ledger.Signed{JWS: r.JWS})
	if err != nil {
		return "", err
	}
	first, err := w.Service.History(ctx, id.Subject(), 1, 1)
	if refusal, ok := errors.AsType[*ledger.Error](err); ok && !refusal.Retryable() {
		return "", nil // it is not the lender's to see
	}
	if err == nil && len(first) == 0 {
		err = errors.New("it has no history")
	}
	if err != nil {
		return "", fmt.Errorf("reading the offer of note %s: %w", id, err)
	}
	_, stands, err := w.offer(first[0].Signed)
	if err != nil || !bytes.Equal(wanted, stands) {
		return "", err
	}
	return id, nil
}

// offer gives the note that a signed offer makes and what it says of the note:
// all but until when it is open, which is another time when it is signed anew.
func (w *Worker) offer(signed ledger.Signed) (ledger.NoteID, []byte, error) {
	opened, err := w.Signatures.Open(signed)
	if err != nil {
		return "", nil, fmt.Errorf("opening an offer: %w", err)
	}
	cmd, err := ledger.DecodeCommand(opened.Payload)
	if err != nil {
		return "", nil, fmt.Errorf("reading an offer: %w", err)
	}
	var b ledger.OfferBody
	if err := json.Unmarshal(cmd.Body, &b); err != nil {
		return "", nil, fmt.Errorf("reading what an offer says: %w", err)
	}
	b.AnswerBy = time.Time{}
	says, err := json.Marshal(b)
	if err != nil {
		return "", nil, fmt.Errorf("comparing offers: %w", err)
	}
	return ledger.NoteID(cmd.Subject().ID), says, nil
}

// await waits a while for the read model to hold a block. What is recorded is
// the ledger's answer, whether or not the read model has come so far.
func (w *Worker) await(ctx context.Context, block uint64) {
	ctx, cancel := context.WithTimeout(ctx, ownWrites)
	defer cancel()
	if err := w.Store.Wait(ctx, block); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		w.Log.Debug("the read model is behind an import", "block", block, "error", err)
	}
}
