package chaincode

import (
	"errors"
	"fmt"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/protocol"
)

// refusedBatch is the answer to a batch of which nothing is applied. It is
// given as an error, so that nothing is ordered.
type refusedBatch struct{ answer []byte }

func (r *refusedBatch) Error() string { return "no command of the batch is applied" }

// apply carries out a batch. Each command has its own answer, and what one
// command wrote the next ones see. An internal error ends the whole batch,
// since it says nothing of the command it came up with. Commands that go
// together are all applied by this transaction, or nothing of them is written.
func (c *Contract) apply(stub shim.ChaincodeStubInterface, frame ledger.Frame) ([]byte, error) {
	transient, err := stub.GetTransient()
	if err != nil {
		return nil, fmt.Errorf("reading the transient field: %w", err)
	}
	batch, err := decodeBatch(transient)
	if err != nil {
		return nil, err
	}
	w := newWorld(stub, batch)
	out := newWriter(w, frame)
	answers := make([]protocol.Answer, len(batch.Commands))
	for i := range batch.Commands {
		if answers[i], err = c.applyOne(out, &batch.Commands[i]); err != nil {
			return nil, err
		}
	}
	void := out.empty()
	if batch.Together && len(out.results) < len(answers) {
		void = true
		bind(answers)
	}
	answer, err := protocol.Marshal(protocol.BatchAnswer{Answers: answers})
	if err != nil {
		return nil, err
	}
	if void {
		return nil, &refusedBatch{answer: answer}
	}
	if err := out.flush(); err != nil {
		return nil, err
	}
	return answer, nil
}

// bind takes back what commands led to that would have been applied, since one
// that they go with is not. A repeat keeps its answer: it was applied before.
func bind(answers []protocol.Answer) {
	for i := range answers {
		if a := &answers[i]; a.Result != nil && !a.Repeated {
			*a = protocol.Answer{Code: ledger.CodeBatchRefused}
		}
	}
}

// applyOne answers one command. A repeat is looked for first: it is answered
// with the first result even when the command has expired since, and needs no
// private state.
func (c *Contract) applyOne(out *writer, sent *protocol.BatchCommand) (protocol.Answer, error) {
	if sent.Proof != nil {
		result, err := c.repeated(out.world, sent)
		if err != nil {
			return refusal(err)
		}
		if result != nil {
			return protocol.Answer{Result: result, Repeated: true}, nil
		}
	}
	change, err := ledger.Apply(out.world, c.sigs, out.frame, sent.Signed)
	if err != nil {
		if ledger.CodeOf(err) == ledger.CodeStateMissing && c.existsAlready(out.world, sent.Signed) {
			return protocol.Answer{Code: ledger.CodeExists}, nil
		}
		return refusal(err)
	}
	if err := out.keep(change, sent); err != nil {
		return protocol.Answer{}, err
	}
	return protocol.Answer{Result: &change.Result}, nil
}

// refusal turns a refusal into an answer, which has the code alone; any other
// error stays one.
func refusal(err error) (protocol.Answer, error) {
	if r, ok := errors.AsType[*ledger.Error](err); ok {
		return protocol.Answer{Code: r.Code}, nil
	}
	return protocol.Answer{}, fmt.Errorf("applying a command: %w", err)
}

// repeated gives the first result of a command whose proof holds against its
// subject's record, and nil where it does not hold. The record is the one from
// before the batch, which the proof was made for.
func (c *Contract) repeated(w *world, sent *protocol.BatchCommand) (*ledger.Result, error) {
	opened, command, err := c.open(sent.Signed)
	if err != nil {
		return nil, err
	}
	end, err := w.before(command.Subject())
	if err != nil {
		return nil, err
	}
	result, holds := ledger.Repeated(opened, *sent.Proof, end.head, end.seq)
	if !holds {
		return nil, nil
	}
	return result, nil
}

// existsAlready says whether the command would create what is there. Nobody
// has to send the state of a subject to be told that it exists: its id is
// public.
func (c *Contract) existsAlready(w *world, signed ledger.Signed) bool {
	_, command, err := c.open(signed)
	if err != nil {
		return false
	}
	_, creates, known := ledger.KindOf(command.Op)
	if !known || !creates {
		return false
	}
	end, err := w.before(command.Subject())
	return err == nil && end.seq > 0
}

// open takes a signed command apart. It verifies nothing.
func (c *Contract) open(signed ledger.Signed) (ledger.Opened, *ledger.Command, error) {
	opened, err := c.sigs.Open(signed)
	if err != nil {
		return ledger.Opened{}, nil, err
	}
	command, err := ledger.DecodeCommand(opened.Payload)
	return opened, command, err
}
