package evidence

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// Anchors are what whoever verifies trusts.
type Anchors struct {
	// Networks are the digests of the networks that the caller knows, in
	// lower-case hex. With none, a file can at best be consistent.
	Networks []string
}

// Verify checks a file: that it is of a known network, that peers of two of its
// founding organisations attest the end of every chain in it, and that the
// registry's rules, run over the signed commands, lead to just that. It gives
// the first thing that is wrong, or all that is proven and all that is not.
func Verify(raw []byte, anchors Anchors) *Report {
	v := &verifier{anchors: anchors, report: &Report{}}
	if err := v.verify(raw); err != nil {
		f, ok := errors.AsType[*Finding](err)
		if !ok {
			f = finding(Malformed, "detail", err.Error())
		}
		refused := &Report{Verdict: Refused, Findings: []*Finding{f}}
		if v.file != nil {
			refused.Network, refused.Note = v.file.Network, v.file.Note
		}
		return refused
	}
	v.conclude()
	return v.report
}

// verifier checks one file.
type verifier struct {
	anchors  Anchors
	file     *File
	channel  *channel
	attested *attested
	replay   *replay
	report   *Report
}

func (v *verifier) verify(raw []byte) error {
	var err error
	if v.file, err = Decode(raw); err != nil {
		return err
	}
	if err := v.checkNetwork(); err != nil {
		return err
	}
	if v.attested, err = checkAttestation(v.channel, &v.file.Attestation); err != nil {
		return err
	}
	v.replay = newReplay(v.file.Network, sign.Verifier{}, v)
	if err := v.replayNote(); err != nil {
		return err
	}
	if err := v.checkAsked(); err != nil {
		return err
	}
	return v.checkRecords()
}

// checkNetwork finds the roots of trust in the network's first block.
func (v *verifier) checkNetwork() error {
	digest := digestOf(v.file.Genesis)
	switch {
	case digest != v.file.Network:
		return fault(GenesisOther, "network", digest)
	case len(v.anchors.Networks) > 0 && !slices.Contains(v.anchors.Networks, digest):
		return fault(NetworkUnknown, "network", digest)
	}
	var err error
	if v.channel, err = readGenesis(v.file.Genesis); err != nil {
		return fault(GenesisMalformed, "detail", err.Error())
	}
	return nil
}

// chain gives a chain of the file.
func (v *verifier) chain(s ledger.Subject, _ place) ([]Entry, error) {
	for _, p := range v.file.Parties {
		if p.Party.Subject() == s {
			return p.Entries, nil
		}
	}
	for _, b := range v.file.Books {
		if b.Book.Subject() == s {
			return b.Entries, nil
		}
	}
	return nil, fault(ChainMissing, "subject", s.ID)
}

func (v *verifier) known(id ledger.PartyID) bool {
	return slices.ContainsFunc(v.file.Parties, func(p PartyChain) bool { return p.Party == id })
}

func (v *verifier) record(id ledger.PartyID) (*ledger.PartyRecord, error) {
	r, ok := v.attested.records.parties[id]
	if !ok {
		return nil, fault(AskedOther, "detail", string(id)+" is not among what they attest")
	}
	return &r, nil
}

// replayNote runs the rules over the note's commands.
func (v *verifier) replayNote() error {
	v.report.Steps = make([]Step, 0, len(v.file.Entries))
	for i, e := range v.file.Entries {
		c, err := v.replay.add(v.file.Note, uint64(i+1), e)
		if err != nil {
			return err
		}
		v.report.Steps = append(v.report.Steps, Step{Command: c.Command, At: e.At, Org: e.Org, Status: c.Note.Status})
		v.watchPayment(c)
	}
	if err := v.replay.finish(); err != nil {
		return err
	}
	state, err := ledger.Canonical(v.replay.note)
	if err != nil {
		return fmt.Errorf("writing the state that the commands lead to: %w", err)
	}
	if !bytes.Equal(state, v.file.State) {
		return fault(StateOther)
	}
	if v.file.About != nil && v.report.Payment == nil {
		return fault(PaymentAbsent, "seq", itoa(v.file.About.Payment))
	}
	return nil
}

// watchPayment notes down what becomes of the payment that the file is about.
func (v *verifier) watchPayment(c *ledger.Change) {
	if v.file.About == nil || c.Result.Seq < v.file.About.Payment {
		return
	}
	for _, p := range c.Note.Payments {
		if p.Seq != v.file.About.Payment {
			continue
		}
		if c.Result.Seq == p.Seq {
			v.report.Payment = &Payment{
				Seq: p.Seq, By: p.By, On: p.On, Amount: finance.Money{Amount: p.Amount, Currency: c.Note.Terms.Principal.Currency},
				Parts: p.Parts, Left: c.Note.Balance, Settled: c.Note.Status == ledger.StatusDischarged,
			}
		}
		if paid := v.report.Payment; paid != nil && p.Reversed && paid.ReversedBy == 0 {
			paid.ReversedBy = c.Result.Seq
		}
	}
}

// checkAsked holds what the peers were asked against what the replay needed:
// each subject once, in order, and no other.
func (v *verifier) checkAsked() error {
	want := askFor(v.file.Note, v.replay)
	got := v.attested.asked
	if !slices.Equal(got.Notes, want.Notes) || !slices.Equal(got.Parties, want.Parties) || !slices.Equal(got.Books, want.Books) {
		return fault(AskedOther, "detail", "they were asked for other subjects")
	}
	for _, p := range v.file.Parties {
		if v.replay.lines[p.Party.Subject()] == nil {
			return fault(ChainUnused, "subject", string(p.Party))
		}
	}
	for _, b := range v.file.Books {
		if v.replay.lines[b.Book.Subject()] == nil {
			return fault(ChainUnused, "subject", string(b.Book))
		}
	}
	return nil
}

// askFor is the question whose answer attests a replay.
func askFor(note ledger.NoteID, r *replay) query {
	q := query{Notes: []ledger.NoteID{note}}
	parties := maps.Clone(r.named)
	for s := range r.lines {
		switch s.Kind {
		case ledger.KindParty:
			parties[ledger.PartyID(s.ID)] = true
		case ledger.KindBook:
			q.Books = append(q.Books, ledger.BookID(s.ID))
		case ledger.KindNote:
		}
	}
	q.Parties = slices.Sorted(maps.Keys(parties))
	slices.Sort(q.Books)
	return q
}

// checkRecords holds the ends of the chains against what the peers attest.
func (v *verifier) checkRecords() error {
	note, id := v.replay.note, v.file.Note
	differs := func(id, what string) error { return fault(RecordOther, "subject", id, "detail", what) }
	want := v.attested.records.notes[id]
	got := note.Record(ledger.Commit(v.file.Salt, v.file.State))
	switch {
	case got.Head != want.Head || got.Seq != want.Seq:
		return differs(string(id), "head")
	case got.Commitment != want.Commitment:
		return differs(string(id), "commitment")
	case got != want:
		return differs(string(id), "record")
	}
	for _, p := range v.file.Parties {
		want := v.attested.records.parties[p.Party]
		// The file does not hold the salt of a party's state, so its commitment
		// stays closed; its commands say all of the state.
		if v.replay.lines[p.Party.Subject()].last().party.Record(want.Commitment) != want {
			return differs(string(p.Party), "record")
		}
	}
	for _, b := range v.file.Books {
		if *v.replay.lines[b.Book.Subject()].last().book != v.attested.records.books[b.Book] {
			return differs(string(b.Book), "record")
		}
	}
	return nil
}

// conclude writes what is proven and what is not.
func (v *verifier) conclude() {
	r, note := v.report, v.replay.note
	at := v.attested.at.Format(time.RFC3339)
	r.Verdict, r.Network, r.Note, r.AsOf, r.Attested = Genuine, v.file.Network, v.file.Note, v.attested.at, v.attested.orgs
	r.Seq, r.Head, r.Status, r.State = note.Seq, note.Head, note.Status, note
	if note.Book != "" {
		r.Holder = v.replay.lines[note.Book.Subject()].last().book.Holder
	}
	r.Parties = map[ledger.PartyID]ledger.Party{}
	for s, l := range v.replay.lines {
		if s.Kind == ledger.KindParty {
			r.Parties[ledger.PartyID(s.ID)] = *l.last().party
		}
	}
	add := func(code Code, params ...string) { r.Findings = append(r.Findings, finding(code, params...)) }
	if len(v.anchors.Networks) > 0 {
		add(NetworkKnown, "network", r.Network)
	}
	add(Attests, "at", at, "orgs", strings.Join(r.Attested, ", "))
	add(Complete, "seq", itoa(r.Seq))
	add(Signed, "parties", itoa(len(r.Parties)), "signatures", itoa(v.replay.signatures))
	add(Replayed)
	if p := r.Payment; p != nil && p.ReversedBy != 0 {
		add(PaymentReversed, "seq", itoa(p.Seq), "amount", p.Amount.String(), "on", p.On.String(), "by", itoa(p.ReversedBy))
	} else if p != nil {
		add(PaymentWritten, "seq", itoa(p.Seq), "amount", p.Amount.String(), "on", p.On.String(), "by", string(p.By))
	}
	if note.Status == ledger.StatusDischarged {
		add(HandedBack)
	}
	if len(v.anchors.Networks) == 0 {
		r.Verdict = Consistent
		add(NetworkFromFile, "network", r.Network)
	}
	add(Afterwards, "at", at)
	add(People)
	add(Certificates)
}
