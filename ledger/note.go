package ledger

import (
	"time"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// Status is what is stored of where a note stands. Everything that follows
// from dates and facts is derived (see Summarize) and never stored.
type Status string

// The stored statuses.
const (
	StatusNone       Status = ""           // no such note
	StatusOffered    Status = "offered"    // signed by the lender; not yet by every borrower
	StatusActive     Status = "active"     // a debt; may be moved and paid
	StatusFrozen     Status = "frozen"     // an authority prohibits transfer and payment
	StatusDischarged Status = "discharged" // paid or forgiven in full; handed back to the borrower
	StatusVoid       Status = "void"       // declined, withdrawn or expired; never was a debt
	StatusErased     Status = "erased"     // nothing is left of it but that it was there
)

// Statuses lists every status, for exhaustive tables.
func Statuses() []Status {
	return []Status{StatusNone, StatusOffered, StatusActive, StatusFrozen, StatusDischarged, StatusVoid, StatusErased}
}

// NoteKind is the law's division of notes (1936:81 par. 11 and 26).
type NoteKind string

// The two kinds of note.
const (
	Negotiable NoteKind = "negotiable" // löpande: to order
	Simple     NoteKind = "simple"     // enkelt: to a named person
)

// Limits on what one note holds. They bound the size of a state, which travels
// with every command.
const (
	MaxBorrowers    = 8
	MaxEndorsements = 100
	MaxSettlements  = 32
	MaxDisputes     = 16 // open at the same time
	// ReversiblePayments is how many of the latest payments a note remembers
	// one by one, and so how far back a booking can be reversed.
	ReversiblePayments = 64
	MaxTextRunes       = 2000
	// MaxNoteTextRunes is the greatest length of a note's own conditions, and
	// MaxNoteTextBytes the same in UTF-8, so that the offer fits into a command.
	MaxNoteTextRunes  = 4000
	MaxNoteTextBytes  = 8000
	MaxReferenceRunes = 64
)

// Terms are what lender and borrowers agreed. They never change.
type Terms struct {
	Kind           NoteKind             `json:"kind"`
	Consumer       bool                 `json:"consumer"`        // 2010:1846 protects the borrower
	Housing        bool                 `json:"housing"`         // exempt from the caps of 2010:1846 par. 19 a-c
	CreditPurchase bool                 `json:"credit_purchase"` // 2010:1846 par. 30
	Jurisdiction   finance.Jurisdiction `json:"jurisdiction"`
	AgreedOn       finance.Date         `json:"agreed_on"` // the date on which rules for agreements are keyed
	Principal      finance.Money        `json:"principal"`
	Rate           finance.Rate         `json:"rate"`                // nominal, percent per year
	LateRate       *finance.Rate        `json:"late_rate,omitempty"` // agreed late rate; without it the law's
	DayCount       finance.DayCount     `json:"day_count"`
	Schedule       Schedule             `json:"schedule"`
	InterestFrom   finance.Date         `json:"interest_from"`
	Fees           Fees                 `json:"fees"`
	Reference      string               `json:"reference,omitempty"` // the lender's own number
	// Acceleration says that all may be demanded ahead of its time where the
	// borrower is as late as the law asks for (2010:1846 par. 33).
	Acceleration bool `json:"acceleration,omitempty"`
}

// Schedule says when the principal falls due.
type Schedule struct {
	Kind        finance.ScheduleKind `json:"kind"`
	Instalments int                  `json:"instalments,omitempty"` // monthly
	FirstDue    finance.Date         `json:"first_due,omitzero"`
	DueDay      int                  `json:"due_day,omitempty"` // wanted day of the month where first_due's month is too short to have it
}

// Fees agreed when the debt arose, in minor units of the note's currency.
type Fees struct {
	Setup    finance.Amount `json:"setup,omitempty"`    // a cost of the note from its acceptance
	Reminder finance.Amount `json:"reminder,omitempty"` // may be charged for a written reminder (1981:739)
}

// Finance gives the terms as the arithmetic wants them.
func (t *Terms) Finance() finance.Terms {
	return finance.Terms{
		Principal: t.Principal.Amount, Currency: t.Principal.Currency, Rate: t.Rate, LateRate: t.LateRate,
		DayCount: t.DayCount, Kind: t.Schedule.Kind, Instalments: t.Schedule.Instalments,
		FirstDue: t.Schedule.FirstDue, DueDay: t.Schedule.DueDay, InterestFrom: t.InterestFrom, Jurisdiction: t.Jurisdiction,
	}
}

// Note is the full, private state of one note. Its salted commitment stands in
// the public record.
type Note struct {
	ID           NoteID        `json:"id"`
	Seq          uint64        `json:"seq"`  // of the last command
	Head         Digest        `json:"head"` // of the hash chain over the commands
	Status       Status        `json:"status"`
	Book         BookID        `json:"book,omitempty"`  // names the holder; empty once handed back
	Lender       PartyID       `json:"lender"`          // payee and first holder
	Borrowers    []Borrower    `json:"borrowers"`       // jointly and severally liable (1936:81 par. 2)
	Payee        string        `json:"payee,omitempty"` // the lender's name as the note says it
	Terms        Terms         `json:"terms"`
	Text         string        `json:"text,omitempty"` // conditions in the lender's own words
	Offer        Digest        `json:"offer"`          // PayloadDigest of the offer; what borrowers accept
	AnswerBy     time.Time     `json:"answer_by"`      // end of the offer
	Balance      Balance       `json:"balance"`
	Pending      *Transfer     `json:"pending,omitempty"`
	Pledge       *Pledge       `json:"pledge,omitempty"`
	Mandate      *Mandate      `json:"mandate,omitempty"`
	Endorsements []Endorsement `json:"endorsements,omitempty"`
	Notified     Notified      `json:"notified"`
	Payments     []Payment     `json:"payments,omitempty"` // the latest ReversiblePayments
	Settlements  []Settlement  `json:"settlements,omitempty"`
	Disputes     []Dispute     `json:"disputes,omitempty"`   // open ones
	Claims       []Claim       `json:"claims,omitempty"`     // of payments, that nobody has answered
	Proposal     *Proposal     `json:"proposal,omitempty"`   // of an amendment, that not everybody has agreed to
	Amendments   []Plan        `json:"amendments,omitempty"` // every one that was agreed; the last is in force
	// Acceleration is the last demand of all ahead of its time, also one that is cured.
	Acceleration  *Acceleration  `json:"acceleration,omitempty"`
	Interruptions []Interruption `json:"interruptions,omitempty"` // of limitation; the latest of each kind
	Charges       []Charge       `json:"charges,omitempty"`       // every fee that was added
	Reliefs       []Relief       `json:"reliefs,omitempty"`       // the latest MaxReliefs of what was taken off by a decision
	LateFree      *LateFree      `json:"late_free,omitempty"`     // the last time in which no late interest ran
	DebtRelief    *DebtRelief    `json:"debt_relief,omitempty"`   // of the borrower, by an authority
	Freeze        *Freeze        `json:"freeze,omitempty"`
	Ended         finance.Date   `json:"ended,omitzero"`    // day of the last entry of a note that is discharged or void
	Erasure       CommandID      `json:"erasure,omitempty"` // of the command that erased the note
}

// Borrower is one maker of the note.
type Borrower struct {
	Party      PartyID   `json:"party"`
	Name       string    `json:"name,omitempty"` // as the note says it
	AcceptedAt time.Time `json:"accepted_at,omitzero"`
	Via        PartyID   `json:"via,omitempty"` // the representative who accepted for the party
}

// Balance is the money side of a note in minor units. For each component,
// paid + forgiven + outstanding is what was ever charged; for principal that
// is what was issued. What was set off is among what was paid.
type Balance struct {
	Principal         finance.Amount `json:"principal"` // outstanding
	PaidPrincipal     finance.Amount `json:"paid_principal"`
	ForgivenPrincipal finance.Amount `json:"forgiven_principal"`
	Costs             finance.Amount `json:"costs"` // outstanding
	PaidCosts         finance.Amount `json:"paid_costs"`
	ForgivenCosts     finance.Amount `json:"forgiven_costs"`
	// Accrued interest is kept in millionths of a minor unit, so that it does
	// not depend on how often it was computed. It may be a small credit.
	InterestMicro    int64          `json:"interest_micro"`      // nominal, outstanding
	LateMicro        int64          `json:"late_micro"`          // late, outstanding
	PaidInterest     finance.Amount `json:"paid_interest"`       // nominal
	PaidLate         finance.Amount `json:"paid_late"`           //
	ForgivenInterest finance.Amount `json:"forgiven_interest"`   // nominal
	ForgivenLate     finance.Amount `json:"forgiven_late"`       //
	AccruedTo        finance.Date   `json:"accrued_to,omitzero"` // interest is counted to this day, exclusive
}

// A state is JSON, whose numbers are exact up to 2^53 (RFC 7493 par. 2.2) and
// beyond it in their first fifteen digits. A count of interest larger than that,
// some ninety million kronor, is kept in steps of 10 000 millionths of a minor
// unit: in fifteen digits, since it has at most nineteen.
const (
	exactMicro = 1 << 53
	coarseStep = 10_000
)

// keepExact drops from the counts of interest what the text of a state would
// drop, so that the state in memory and the one that is read again are the same.
func (b *Balance) keepExact() {
	for _, micro := range []*int64{&b.InterestMicro, &b.LateMicro} {
		if *micro > exactMicro || *micro < -exactMicro {
			*micro -= *micro % coarseStep
		}
	}
}

// TransferKind is what a transfer gives the recipient.
type TransferKind string

// The kinds of transfer.
const (
	Sale              TransferKind = "sale"               // the note itself
	PledgeTransfer    TransferKind = "pledge"             // control, as security (1936:81 par. 10)
	CollectionMandate TransferKind = "collection_mandate" // the right to collect, nothing else
)

// EndorsementForm is how an endorsement names the endorsee (1936:81 par. 13).
type EndorsementForm string

// The forms of endorsement.
const (
	InFull  EndorsementForm = "full"
	InBlank EndorsementForm = "blank" // the writing names nobody; the register still knows who controls the note
)

// Transfer is one that was offered and not yet answered.
type Transfer struct {
	ID       CommandID       `json:"id"` // of the transfer.offer
	Kind     TransferKind    `json:"kind"`
	From     PartyID         `json:"from"`
	To       PartyID         `json:"to"`
	Form     EndorsementForm `json:"form"`
	Recourse bool            `json:"recourse"` // the transferor answers for payment (1936:81 par. 9)
}

// Pledge says who has the note as security.
type Pledge struct {
	Pledgee PartyID      `json:"pledgee"`
	Since   finance.Date `json:"since"`
}

// Mandate says who collects for the holder.
type Mandate struct {
	Servicer PartyID      `json:"servicer"`
	Since    finance.Date `json:"since"`
}

// Endorsement is one sale written on the note. The endorsements in order are
// the chain that entitles the holder (1936:81 par. 13).
type Endorsement struct {
	Seq      uint64          `json:"seq"` // of the acceptance
	From     PartyID         `json:"from"`
	To       PartyID         `json:"to"`
	Form     EndorsementForm `json:"form"`
	Recourse bool            `json:"recourse"`
	On       finance.Date    `json:"on"`
	// NoticeOn is the day the borrower was told of this holder; zero until then.
	NoticeOn finance.Date `json:"notice_on,omitzero"`
}

// Notified is the holder that the borrower knows of. While it is not the
// holder of today, the notice gate is closed: nothing may be demanded
// (1936:81 par. 3, third paragraph).
type Notified struct {
	Holder PartyID      `json:"holder"`
	On     finance.Date `json:"on,omitzero"`
}

// Payment is one payment written on the note, or what was set off in place of
// one, and how it was used.
type Payment struct {
	Seq      uint64         `json:"seq"`
	By       PartyID        `json:"by"` // who received it and wrote it
	On       finance.Date   `json:"on"` // the day it was made
	Amount   finance.Amount `json:"amount"`
	Parts    finance.Parts  `json:"parts"`
	Reversed bool           `json:"reversed,omitempty"`
	Barred   bool           `json:"barred,omitempty"` // made after the time to claim was over, which it does not bring back
	Claim    uint64         `json:"claim,omitempty"`  // seq of the pay.claim that it answered
	// SetOff says what claim of the borrower's was set off; empty where money was
	// paid.
	SetOff string `json:"set_off,omitempty"`
	// OwedTo is the holder in whose place a former holder received the payment.
	OwedTo PartyID `json:"owed_to,omitempty"`
}

// Settlement is what a former holder owes the holder for payments received in
// its place (1936:81 par. 19, 20, 29).
type Settlement struct {
	From   PartyID        `json:"from"`
	To     PartyID        `json:"to"`
	Amount finance.Amount `json:"amount"`
}

// Dispute is an open objection of a borrower. Collection stops while it is open.
type Dispute struct {
	Seq  uint64       `json:"seq"` // of the dispute.raise
	By   PartyID      `json:"by"`
	On   finance.Date `json:"on"`
	Text string       `json:"text"`          // the borrower's own words
	Via  PartyID      `json:"via,omitempty"` // the representative who raised it for the borrower
	// Of a payment or a set-off that was claimed and denied, what was claimed and the
	// answer.
	Amount finance.Amount `json:"amount,omitempty"`
	PaidOn finance.Date   `json:"paid_on,omitzero"`
	SetOff bool           `json:"set_off,omitempty"`
	Answer string         `json:"answer,omitempty"`
}

// Freeze is an authority's prohibition of transfer and payment.
type Freeze struct {
	Authority PartyID      `json:"authority"`
	On        finance.Date `json:"on"`
	Ground    string       `json:"ground"`
}

// Record gives what the public may see of the note.
func (n *Note) Record(commitment Digest) NoteRecord {
	r := NoteRecord{V: 1, Seq: n.Seq, Status: n.Status, Book: n.Book, Head: n.Head, Commitment: commitment, Erasure: n.Erasure}
	if n.Pending != nil {
		r.Pending = n.Pending.ID
	}
	return r
}

// NoteRecord is the control record of a note in public channel state. It
// proves uniqueness, order and control, and holds no terms and no person.
type NoteRecord struct {
	V          int       `json:"v"`
	Seq        uint64    `json:"seq"`
	Status     Status    `json:"status"`
	Book       BookID    `json:"book,omitempty"`
	Head       Digest    `json:"head"`
	Commitment Digest    `json:"commitment"`
	Pending    CommandID `json:"pending,omitempty"`
	// Erasure is the command that erased the note. It stands here since nothing
	// else is left by which a repeat of that command could be told from others.
	Erasure CommandID `json:"erasure,omitempty"`
}
