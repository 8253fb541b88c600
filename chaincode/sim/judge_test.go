package sim

import (
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// judged is an auditor with one command that stands in a block, one that was
// sent and does not, and one that the rules refuse.
type judged struct {
	*auditor
	frame               ledger.Frame
	stands, free, wrong *sent
}

func newJudged(t *testing.T) *judged {
	t.Helper()
	const network = "5ca1ab1e"
	j := &judged{auditor: newAuditor(network, sign.Verifier{}), frame: ledger.Frame{At: start, Org: inproc.Lender}}
	s := &simulation{byID: map[ledger.PartyID]*person{}, audit: j.auditor, clock: start}
	s.opts.Seed = 1
	p, err := s.newPerson("judge", ledger.Company, inproc.Lender)
	if err != nil {
		t.Fatal(err)
	}
	d, err := p.Registration(network, s.commandID(), start)
	if err != nil {
		t.Fatal(err)
	}
	write := func(d ledger.Draft) *sent {
		c, err := s.write(p, d)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	j.stands = write(d)
	change, err := ledger.Apply(model.New(network, sign.Verifier{}), sign.Verifier{}, ledger.Frame{Network: network, At: start, Org: inproc.Lender}, j.stands.signed)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.apply(change.Result, told{tx: "tx1", block: 1}, j.frame); err != nil {
		t.Fatal(err)
	}
	j.free = write(s.draft(p, ledger.OpBookOpen, "", ledger.EmptyBody{}))
	ahead := s.draft(p, ledger.OpPartyRevoke, string(p.ID), ledger.ReasonBody{})
	ahead.Seq += 3
	j.wrong = write(ahead)
	return j
}

// TestTheAuditorKnowsALie gives it answers that cannot be.
func TestTheAuditorKnowsALie(t *testing.T) {
	j := newJudged(t)
	first := j.applied[j.stands.cmd.Command].result
	other := first
	other.Seq++
	refused := func(code ledger.Code) ledger.Outcome {
		return ledger.Outcome{State: ledger.Rejected, Err: ledger.Refuse(code)}
	}
	committed := func(r ledger.Result) ledger.Outcome {
		return ledger.Outcome{State: ledger.Committed, Result: &r, Repeated: true}
	}
	table := []struct {
		name    string
		command *sent
		outcome ledger.Outcome
		lie     string // in its words; none where it is no lie
		noisy   bool
	}{
		{"a repeat, answered so", j.stands, committed(first), "", false},
		{"a repeat, with its transaction", j.stands, ledger.Outcome{State: ledger.Committed, Result: &first, Repeated: true, Transaction: "tx1", Block: 1}, "", false},
		{"a repeat as the first", j.stands, ledger.Outcome{State: ledger.Committed, Result: &first}, "as the first", false},
		{"a repeat with another result", j.stands, committed(other), "the block tells", false},
		{"a repeat without a result", j.stands, ledger.Outcome{State: ledger.Committed, Repeated: true}, "the block tells", false},
		{"a repeat of another transaction", j.stands, ledger.Outcome{State: ledger.Committed, Result: &first, Repeated: true, Transaction: "tx2"}, "transaction tx2", false},
		{"a repeat of another block", j.stands, ledger.Outcome{State: ledger.Committed, Result: &first, Repeated: true, Block: 9}, "block 9", false},
		{"a repeat that is refused", j.stands, refused(ledger.CodeExists), "a repeat answered", false},
		{"committed, and in no block", j.free, committed(first), "in no block", false},
		{"unknown for no reason", j.free, ledger.Outcome{State: ledger.Unknown}, "nothing went wrong", false},
		{"unknown for a reason", j.free, ledger.Outcome{State: ledger.Unknown}, "", true},
		{"refused for no reason", j.free, refused(ledger.CodeRoleForbidden), "the rules say", false},
		{"a conflict with nobody", j.free, ledger.Outcome{State: ledger.Conflicted, Err: ledger.Refuse(ledger.CodeConflict)}, "the rules say", false},
		{"a conflict with somebody", j.free, ledger.Outcome{State: ledger.Conflicted, Err: ledger.Refuse(ledger.CodeConflict)}, "", true},
		{"refused by a rule that is not broken", j.free, refused(ledger.CodeRoleForbidden), "the rules say", true},
		{"refused without a code", j.free, ledger.Outcome{State: ledger.Rejected}, "without a code", false},
		{"refused with a result", j.free, ledger.Outcome{State: ledger.Rejected, Err: ledger.Refuse(ledger.CodeLaw), Result: &first}, "with a result", false},
		{"no outcome at all", j.free, ledger.Outcome{}, "an outcome that is none", false},
		{"refused as the rules do", j.wrong, refused(ledger.CodeSeqAhead), "", false},
		{"refused otherwise than the rules do", j.wrong, refused(ledger.CodeSignatureWrong), "the rules say", false},
		{"committed against the rules", j.wrong, committed(first), "in no block", true},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			sub := submission{org: inproc.Lender, commands: []*sent{c.command}, quiet: !c.noisy}
			j.before(&sub, j.frame)
			err := j.judge(sub, 0, c.outcome, j.frame)
			switch {
			case c.lie == "" && err != nil:
				t.Errorf("the truth is called a lie: %v", err)
			case c.lie != "" && (err == nil || !strings.Contains(err.Error(), c.lie)):
				t.Errorf("the lie is called %v", err)
			}
		})
	}
}

// TestTheAuditorKnowsAFalseBundle gives it answers to commands that went
// together which they cannot have.
func TestTheAuditorKnowsAFalseBundle(t *testing.T) {
	j := newJudged(t)
	first := j.applied[j.stands.cmd.Command].result
	here := ledger.Outcome{State: ledger.Committed, Result: &first}
	for name, c := range map[string]struct {
		stood bool
		other ledger.Outcome
		lie   string
	}{
		"one applied and one refused":       {false, ledger.Outcome{State: ledger.Rejected, Err: ledger.Refuse(ledger.CodeLaw)}, "1 were applied"},
		"one applied and one unknown":       {false, ledger.Outcome{State: ledger.Unknown}, "1 were applied"},
		"one repeated and one refused":      {true, ledger.Outcome{State: ledger.Rejected, Err: ledger.Refuse(ledger.CodeBatchRefused)}, ""},
		"one repeated and one unknown":      {true, ledger.Outcome{State: ledger.Unknown}, ""},
		"one refused for the sake of which": {true, ledger.Outcome{State: ledger.Unknown}, "for the sake of none"},
	} {
		sub := submission{together: true, commands: []*sent{j.stands, j.free}, stood: []bool{c.stood, false}}
		outcomes := []ledger.Outcome{here, c.other}
		if name == "one refused for the sake of which" {
			outcomes[0] = ledger.Outcome{State: ledger.Rejected, Err: ledger.Refuse(ledger.CodeBatchRefused)}
		}
		if err := j.judgeTogether(sub, outcomes); (err == nil) != (c.lie == "") || err != nil && !strings.Contains(err.Error(), c.lie) {
			t.Errorf("%s: %v", name, err)
		}
	}
	j.stands.calls, j.free.calls = 1, 1
	if err := j.checkBound([]*sent{j.stands, j.free}); err == nil {
		t.Error("half of a bundle stands, and nobody minds")
	}
	j.stands.calls = 2 // it went alone as well
	if err := j.checkBound([]*sent{j.stands, j.free}); err != nil {
		t.Error(err)
	}
}

// TestTheAuditorKnowsAFalseRehearsal gives it promises that cannot be.
func TestTheAuditorKnowsAFalseRehearsal(t *testing.T) {
	j := newJudged(t)
	promise := func(c *sent) ledger.Outcome {
		return ledger.Outcome{State: ledger.Committed, Result: &ledger.Result{Command: c.cmd.Command, Op: c.cmd.Op, Subject: c.cmd.Subject(), Seq: c.cmd.Seq}}
	}
	with := func(o ledger.Outcome, change func(*ledger.Outcome)) ledger.Outcome { change(&o); return o }
	for name, c := range map[string]struct {
		command *sent
		outcome ledger.Outcome
		lie     string
	}{
		"what would be applied":      {j.free, promise(j.free), ""},
		"with a head":                {j.free, with(promise(j.free), func(o *ledger.Outcome) { o.Result.Head[0]++ }), "want"},
		"with a transaction":         {j.free, with(promise(j.free), func(o *ledger.Outcome) { o.Transaction = "tx9" }), "want"},
		"what stands, as the first":  {j.stands, promise(j.stands), "a repeat rehearsed"},
		"what the rules refuse":      {j.wrong, promise(j.wrong), "the rules say"},
		"a refusal without a reason": {j.free, ledger.Outcome{State: ledger.Rejected, Err: ledger.Refuse(ledger.CodeLaw)}, "the rules say"},
	} {
		sub := submission{org: inproc.Lender, commands: []*sent{c.command}, quiet: true}
		j.before(&sub, j.frame)
		if err := j.judgeRehearsal(sub, 0, c.outcome, j.frame); (err == nil) != (c.lie == "") || err != nil && !strings.Contains(err.Error(), c.lie) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestTheAuditorKnowsAFalseBlock tells it of commands that nobody sent, twice,
// with another result or against the rules.
func TestTheAuditorKnowsAFalseBlock(t *testing.T) {
	j := newJudged(t)
	first := j.applied[j.stands.cmd.Command].result
	of := func(c *sent) ledger.Result {
		return ledger.Result{Command: c.cmd.Command, Op: c.cmd.Op, Subject: c.cmd.Subject(), Seq: c.cmd.Seq}
	}
	nobodys := first
	nobodys.Command = "00000000-0000-4000-8000-00000000ffff"
	for name, c := range map[string]struct {
		result ledger.Result
		want   string
	}{
		"twice":             {first, "applied twice"},
		"nobody's":          {nobodys, "nobody sent it"},
		"another head":      {of(j.free), "the rules give"},
		"against the rules": {of(j.wrong), "against the rules: seq_ahead"},
	} {
		if err := j.apply(c.result, told{tx: "tx2", block: 2}, j.frame); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheInspectorKnowsWhatIsPrivate(t *testing.T) {
	if err := checkPublic("a record", []byte(`{"seq":1,"head":"abc"}`)); err != nil {
		t.Errorf("what is public is called private: %v", err)
	}
	for _, secret := range []string{secretWord + " Anna", `{"principal":{"amount":1,"currency":"SEK"}}`, `{"rate":"12"}`, "x eyJhbGciOiJFZERTQSJ9.e30.AA"} {
		if err := checkPublic("a record", []byte(secret)); err == nil {
			t.Errorf("%q is called public", secret)
		}
	}
}
