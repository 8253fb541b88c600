package tape

import (
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Check applies the registry's own rules to an offer before it is signed: the
// form, the schedule and the law. It takes for granted what only the registry
// knows, that the borrowers and the lender's book exist. A refusal is a
// *ledger.Error.
func Check(offer *ledger.Command, at time.Time) error {
	payload, err := offer.Canonical()
	if err != nil {
		return err
	}
	frame := ledger.Frame{Network: offer.Network, At: at}
	_, err = ledger.Apply(granted{lender: offer.By}, unsigned{payload}, frame, ledger.Signed{})
	return err
}

// granted is a world in which every party and book that an offer names exists
// and no note does.
type granted struct{ lender ledger.PartyID }

func (granted) Note(ledger.NoteID) (*ledger.Note, error) { return nil, nil }

func (granted) Party(id ledger.PartyID) (*ledger.Party, error) {
	return &ledger.Party{ID: id, Standing: ledger.InForce, Keys: []ledger.Key{{}}}, nil
}

func (granted) PartyRecord(ledger.PartyID) (*ledger.PartyRecord, error) {
	return &ledger.PartyRecord{Standing: ledger.InForce}, nil
}

func (w granted) Book(id ledger.BookID) (*ledger.Book, error) {
	return &ledger.Book{ID: id, Holder: w.lender}, nil
}

// unsigned stands for a signature that is still to be made.
type unsigned struct{ payload []byte }

func (u unsigned) Open(ledger.Signed) (ledger.Opened, error) {
	return ledger.Opened{Payload: u.payload}, nil
}

func (unsigned) Verify(ledger.Opened, ledger.Key) error { return nil }
