package ledger_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

// checkRehearsal compares what the rehearsal of a draft promised with what came
// of the signed command. Every command of the rules' own tests goes through it.
func (s *stage) checkRehearsal(promised *ledger.Result, refusal error, change *ledger.Change, err error) {
	s.t.Helper()
	if code := ledger.CodeOf(err); code == ledger.CodeKeyUnknown || code == ledger.CodeSignatureWrong {
		return // a draft has no signature to be wrong
	}
	if fmt.Sprint(refusal) != fmt.Sprint(err) {
		s.t.Fatalf("the rehearsal says %v, and there comes %v", refusal, err)
	}
	if err != nil {
		return
	}
	came := change.Result
	came.Head = ledger.Digest{}
	if *promised != came {
		s.t.Fatalf("rehearsed is %+v, and there comes %+v", *promised, came)
	}
}

func TestRehearsalOfASignedCommandVerifiesItsSignature(t *testing.T) {
	s := newStage(t)
	c, err := s.draft(s.lender, ledger.OpBookOpen, "", ledger.EmptyBody{}).Build()
	if err != nil {
		t.Fatal(err)
	}
	frame := ledger.Frame{Network: network, At: s.now, Org: lenderOrg}
	for who, want := range map[*actor]ledger.Code{s.lender: "", s.stranger: ledger.CodeKeyUnknown} {
		_, err := ledger.Rehearse(s.m, claimed{}, frame, ledger.Rehearsal{Signed: s.sign(who, c), Draft: c})
		if ledger.CodeOf(err) != want {
			t.Errorf("signed by %s: %v, want %q", who.name, err, want)
		}
	}
}

func TestRehearsalChangesNothing(t *testing.T) {
	s := newStage(t)
	id := s.active()
	c, err := s.draft(s.lender, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(100)}).Build()
	if err != nil {
		t.Fatal(err)
	}
	before, _ := s.m.Note(id)
	was := fmt.Sprintf("%+v", before)
	frame := ledger.Frame{Network: network, At: s.now, Org: lenderOrg}
	if _, err := ledger.Rehearse(s.m, claimed{}, frame, ledger.Rehearsal{Draft: c}); err != nil {
		t.Fatal(err)
	}
	if after, _ := s.m.Note(id); after != before || fmt.Sprintf("%+v", after) != was {
		t.Errorf("the note was\n%s\nand is\n%+v", was, after)
	}
}

func TestDraftThatIsNoCommandIsRefused(t *testing.T) {
	s := newStage(t)
	good, err := s.draft(s.lender, ledger.OpBookOpen, "", ledger.EmptyBody{}).Build()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*ledger.Command)
		want   ledger.Code
	}{
		"another version":  {func(c *ledger.Command) { c.V = 2 }, ledger.CodeCommandMalformed},
		"an operation":     {func(c *ledger.Command) { c.Op = "rob" }, ledger.CodeOperationUnknown},
		"no JSON inside":   {func(c *ledger.Command) { c.Body = json.RawMessage("{") }, ledger.CodeCommandMalformed},
		"too long":         {func(c *ledger.Command) { c.Network = string(make([]byte, ledger.MaxCommandBytes)) }, ledger.CodeCommandTooLarge},
		"a field too many": {func(c *ledger.Command) { c.Body = json.RawMessage(`{"more":1}`) }, ledger.CodeBodyMalformed},
		"another network":  {func(c *ledger.Command) { c.Network = "elsewhere" }, ledger.CodeNetworkOther},
	} {
		draft := *good
		c.change(&draft)
		_, err := ledger.Rehearse(s.m, claimed{}, ledger.Frame{Network: network, At: s.now}, ledger.Rehearsal{Draft: &draft})
		if ledger.CodeOf(err) != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	if _, err := ledger.Rehearse(s.m, claimed{}, ledger.Frame{}, ledger.Rehearsal{}); ledger.CodeOf(err) != ledger.CodeCommandMalformed {
		t.Errorf("nothing: %v", err)
	}
}
