package chaincode

import (
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// Limits on messages. They bound the work that one call can cause.
const (
	// MaxBatchBytes is the greatest length of a batch: MaxBatch commands of the
	// greatest length in base64, and twice as much again for states and proofs.
	MaxBatchBytes = 8 << 20
	// MaxBatchStates is the most private states in a batch: a command needs its
	// signer's, its subject's, and that of whom the signer represents.
	MaxBatchStates = 3 * ledger.MaxBatch
	// MaxQueryBytes is the greatest length of a query: MaxRead ids and room to spare.
	MaxQueryBytes = 32 << 10
	// MaxHistoryBytes is how much of a history one answer gives, so that it
	// passes where gRPC's default limit of 4 MiB on a message stands.
	MaxHistoryBytes = 3 << 20
)

// decode reads a message of at most limit bytes. The reason of a refusal may
// quote the message, so it is dropped.
func decode(b []byte, limit int, v any) error {
	if len(b) > limit {
		return ledger.Refuse(ledger.CodeRequestTooLarge)
	}
	if err := protocol.Decode(b, v); err != nil {
		return malformed("it is not JSON of the right form")
	}
	return nil
}

// decodeBatch reads the batch in a transient field.
func decodeBatch(transient map[string][]byte) (*protocol.Batch, error) {
	raw, ok := transient[protocol.TransientBatch]
	if !ok || len(transient) != 1 {
		return nil, malformed("the transient field holds the batch and nothing else")
	}
	var b protocol.Batch
	if err := decode(raw, MaxBatchBytes, &b); err != nil {
		return nil, err
	}
	switch {
	case len(b.Commands) == 0:
		return nil, malformed("there is no command")
	case len(b.Commands) > ledger.MaxBatch, len(b.Parties)+len(b.Notes) > MaxBatchStates:
		return nil, ledger.Refuse(ledger.CodeRequestTooLarge)
	}
	if err := checkSalts(&b); err != nil {
		return nil, err
	}
	return &b, nil
}

// checkSalts refuses a new salt that is missing or was used before: who knows
// one state could then guess at another from its commitment.
func checkSalts(b *protocol.Batch) error {
	used := map[ledger.Salt]bool{{}: true}
	for _, s := range b.Parties {
		used[s.Salt] = true
	}
	for _, s := range b.Notes {
		used[s.Salt] = true
	}
	for i := range b.Commands {
		salt := b.Commands[i].Salt
		if used[salt] {
			return malformed("a salt is missing or used twice")
		}
		used[salt] = true
	}
	return nil
}

// decodeQuery reads a query and checks its ids, which become keys.
func decodeQuery(raw []byte) (*protocol.Query, error) {
	var q protocol.Query
	if err := decode(raw, MaxQueryBytes, &q); err != nil {
		return nil, err
	}
	if len(q.Notes)+len(q.Parties)+len(q.Books) > ledger.MaxRead {
		return nil, ledger.Refuse(ledger.CodeRequestTooLarge)
	}
	for _, id := range q.Notes {
		if !id.Valid() {
			return nil, malformed("a note's id is malformed")
		}
	}
	for _, id := range q.Parties {
		if !id.Valid() {
			return nil, malformed("a party's id is malformed")
		}
	}
	for _, id := range q.Books {
		if !id.Valid() {
			return nil, malformed("a book's id is malformed")
		}
	}
	return &q, nil
}

// decodeHistoryQuery reads a query for a history.
func decodeHistoryQuery(raw []byte) (*protocol.HistoryQuery, error) {
	var q protocol.HistoryQuery
	if err := decode(raw, MaxQueryBytes, &q); err != nil {
		return nil, err
	}
	var valid bool
	switch q.Subject.Kind {
	case ledger.KindNote:
		valid = ledger.NoteID(q.Subject.ID).Valid()
	case ledger.KindParty:
		valid = ledger.PartyID(q.Subject.ID).Valid()
	case ledger.KindBook:
		valid = ledger.BookID(q.Subject.ID).Valid()
	}
	switch {
	case !valid:
		return nil, malformed("the subject is malformed")
	case q.Limit <= 0:
		return nil, malformed("the limit is not positive")
	case q.Because != nil && (q.Subject.Kind != ledger.KindParty || !q.Because.Note.Valid()),
		q.Because != nil && q.Because.Via != "" && !q.Because.Via.Valid():
		return nil, malformed("a reason is a command on a note, and given for a party alone")
	}
	q.Limit = min(q.Limit, ledger.MaxHistory)
	q.From = max(q.From, 1)
	return &q, nil
}
