package evidence

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// tolerance is how far the ledger times of two commands on different subjects
// may lie from the order in which they were applied: each is within
// ledger.ClockTolerance of the clock of the peers that applied it.
const tolerance = 2 * ledger.ClockTolerance

// maxTries bounds how many combinations of past states are tried for one command.
const maxTries = 64

// place is where the replay stands: at a command of the note, and at one of a
// party that acted there, if it is that one.
type place struct {
	seq    uint64
	via    ledger.PartyID
	viaSeq uint64
}

// source gives a replay what it asks for.
type source interface {
	// chain gives all entries of a party or a book. An error stops the replay.
	chain(s ledger.Subject, at place) ([]Entry, error)
	// known says whether the source has a party's chain at hand.
	known(id ledger.PartyID) bool
	// record gives a party's public record of today, nil where there is none.
	record(id ledger.PartyID) (*ledger.PartyRecord, error)
}

// moment is a subject's state from an instant on.
type moment struct {
	from  time.Time
	party *ledger.Party
	book  *ledger.Book
}

// timeline is the states of one party or book in order, as far as they were
// replayed.
type timeline struct {
	entries []Entry
	asked   place // what made the rules ask for it
	states  []moment
	growing bool // an entry of it is being applied
}

// last gives the state that the timeline has come to.
func (l *timeline) last() moment {
	if len(l.states) == 0 {
		return moment{}
	}
	return l.states[len(l.states)-1]
}

// next gives the first entry that is not replayed, nil where all are.
func (l *timeline) next() *Entry {
	if len(l.states) == len(l.entries) {
		return nil
	}
	return &l.entries[len(l.states)]
}

// around lists the states that the ledger may have had at an instant: first the
// one that the times say, then those within tolerance, the newest first.
func (l *timeline) around(at time.Time) []moment {
	var exact moment
	var others []moment
	for i := len(l.states) - 1; i >= 0; i-- {
		s := l.states[i]
		ended := i+1 < len(l.states) && at.After(l.states[i+1].from.Add(tolerance))
		switch {
		case ended:
		case exact.from.IsZero() && !s.from.After(at):
			exact = s
		case !s.from.After(at.Add(tolerance)):
			others = append(others, s)
		}
	}
	if exact.from.IsZero() {
		return others
	}
	return append([]moment{exact}, others...)
}

// replay runs the registry's rules over the chains of a file.
type replay struct {
	network    string
	sigs       ledger.Signatures
	source     source
	lines      map[ledger.Subject]*timeline
	named      map[ledger.PartyID]bool // asked for their records alone
	note       *ledger.Note
	signatures int
}

func newReplay(network string, sigs ledger.Signatures, from source) *replay {
	return &replay{
		network: network, sigs: sigs, source: from,
		lines: map[ledger.Subject]*timeline{}, named: map[ledger.PartyID]bool{},
	}
}

// add applies the next entry of the note.
func (r *replay) add(id ledger.NoteID, seq uint64, e Entry) (*ledger.Change, error) {
	c, err := r.apply(id.Subject(), seq, e, place{seq: seq})
	if err != nil {
		return nil, err
	}
	r.note = c.Note
	return c, nil
}

// line gives a party's or a book's timeline as far as it can matter at an instant.
// It goes no further, because the entries after that may themselves need what is
// only being replayed: two people may each act for the other.
func (r *replay) line(s ledger.Subject, from place, at time.Time) (*timeline, error) {
	l := r.lines[s]
	if l == nil {
		if len(r.lines) >= MaxSubjects {
			return nil, fault(TooLarge, "limit", itoa(MaxSubjects))
		}
		entries, err := r.source.chain(s, from)
		if err != nil {
			return nil, err
		}
		l = &timeline{entries: entries, asked: from}
		r.lines[s] = l
	}
	return l, r.grow(s, l, at.Add(tolerance))
}

// grow replays a timeline's entries up to an instant.
func (r *replay) grow(s ledger.Subject, l *timeline, until time.Time) error {
	if l.growing {
		return nil
	}
	l.growing = true
	defer func() { l.growing = false }()
	for e := l.next(); e != nil && !e.At.After(until); e = l.next() {
		at, seq := l.asked, uint64(len(l.states)+1)
		if s.Kind == ledger.KindParty {
			at.via, at.viaSeq = ledger.PartyID(s.ID), seq
		}
		c, err := r.apply(s, seq, *e, at)
		if err != nil {
			return err
		}
		from := e.At
		if before := l.last().from; from.Before(before) {
			from = before // it took effect when it stood in the chain
		}
		l.states = append(l.states, moment{from: from, party: c.Party, book: c.Book})
	}
	return nil
}

// finish replays every timeline to its end, also those that this asks for.
func (r *replay) finish() error {
	for range MaxSubjects + 1 {
		before := len(r.lines)
		for _, s := range slices.SortedFunc(maps.Keys(r.lines), compareSubjects) {
			if err := r.grow(s, r.lines[s], endOfTime); err != nil {
				return err
			}
		}
		if len(r.lines) == before {
			return nil
		}
	}
	return fault(TooLarge, "limit", itoa(MaxSubjects))
}

// endOfTime is after every time that JSON can hold.
var endOfTime = time.Date(10_000, time.January, 1, 0, 0, 0, 0, time.UTC)

func compareSubjects(a, b ledger.Subject) int { return strings.Compare(a.ID, b.ID) }

// apply carries out one entry on the states that the ledger may have had. It
// must succeed on one of them.
func (r *replay) apply(s ledger.Subject, seq uint64, e Entry, at place) (*ledger.Change, error) {
	w := &world{replay: r, subject: s, at: e.At, place: at, picks: map[ledger.Subject]int{}}
	frame := ledger.Frame{Network: r.network, At: e.At, Org: e.Org}
	var first error
	for range maxTries {
		c, err := ledger.Apply(w, r.sigs, frame, e.Signed)
		if err == nil {
			if c.Result.Subject != s || c.Result.Seq != seq {
				return nil, fault(SubjectOther, "subject", s.ID, "seq", itoa(seq))
			}
			r.signatures++
			return c, nil
		}
		refusal, isRefusal := errors.AsType[*ledger.Error](err)
		if !isRefusal {
			return nil, err
		}
		if first == nil {
			first = refused(s, seq, refusal)
		}
		if !w.next() {
			break
		}
	}
	return nil, first
}

// refused says that a command cannot have been applied.
func refused(s ledger.Subject, seq uint64, why *ledger.Error) error {
	code := CommandRefused
	switch why.Code {
	case ledger.CodeSignatureWrong, ledger.CodeSignatureMalformed, ledger.CodeKeyUnknown, ledger.CodeAlgorithmForbidden:
		code = SignatureWrong
	}
	f := finding(code, "subject", s.ID, "seq", itoa(seq), "code", string(why.Code))
	f.Cause = why
	return f
}

// world is what the rules see while one command is applied.
type world struct {
	replay  *replay
	subject ledger.Subject // whose command it is
	at      time.Time
	place   place
	picks   map[ledger.Subject]int // which of the states around the instant
	choices []choice               // in the order in which the rules asked
}

// choice is a subject of which there is more than one state to try.
type choice struct {
	subject ledger.Subject
	states  int
}

// next picks the next combination of states. It says false after the last.
func (w *world) next() bool {
	for _, c := range w.choices {
		if w.picks[c.subject]++; w.picks[c.subject] < c.states {
			return true
		}
		w.picks[c.subject] = 0
	}
	return false
}

// pick gives a subject's state for this try; nothing where it had none.
func (w *world) pick(s ledger.Subject) (moment, error) {
	l, err := w.replay.line(s, w.place, w.at)
	if err != nil {
		return moment{}, err
	}
	states := l.around(w.at)
	if len(states) == 0 {
		return moment{}, nil
	}
	if _, known := w.picks[s]; !known {
		w.picks[s] = 0
		if len(states) > 1 {
			w.choices = append(w.choices, choice{s, len(states)})
		}
	}
	return states[w.picks[s]%len(states)], nil
}

// Note gives the note of the file. Rules ask for no other.
func (w *world) Note(id ledger.NoteID) (*ledger.Note, error) {
	if id.Subject() != w.subject {
		return nil, fault(SubjectOther, "subject", w.subject.ID, "seq", itoa(w.place.seq))
	}
	return w.replay.note, nil
}

// Party gives a party's state, which needs its chain.
func (w *world) Party(id ledger.PartyID) (*ledger.Party, error) {
	if id.Subject() == w.subject {
		return w.replay.lines[w.subject].last().party, nil
	}
	m, err := w.pick(id.Subject())
	return m.party, err
}

// PartyRecord gives a party's record at the time. Of a party that the file only
// names, it takes today's: what its standing was then stands nowhere in the file,
// so one that is revoked now counts as in force, as the peers that applied the
// command found it.
func (w *world) PartyRecord(id ledger.PartyID) (*ledger.PartyRecord, error) {
	if id.Subject() == w.subject {
		return recordOf(w.replay.lines[w.subject].last()), nil
	}
	if !w.replay.source.known(id) {
		w.replay.named[id] = true
		r, err := w.replay.source.record(id)
		if r == nil || err != nil {
			return nil, err
		}
		r.Standing = ledger.InForce
		return r, nil
	}
	l, err := w.replay.line(id.Subject(), w.place, w.at)
	if err != nil {
		return nil, err
	}
	states := l.around(w.at)
	for _, m := range states {
		if m.party.Standing == ledger.InForce {
			return recordOf(m), nil
		}
	}
	if len(states) == 0 {
		return nil, nil
	}
	return recordOf(states[0]), nil
}

func recordOf(m moment) *ledger.PartyRecord {
	if m.party == nil {
		return nil
	}
	r := m.party.Record(ledger.Digest{})
	return &r
}

// Book gives a book, which needs its chain.
func (w *world) Book(id ledger.BookID) (*ledger.Book, error) {
	if id.Subject() == w.subject {
		return w.replay.lines[w.subject].last().book, nil
	}
	m, err := w.pick(id.Subject())
	return m.book, err
}
