package api

import (
	"context"
	"net/http"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// Addresses of resources, for links.
const (
	notePath        = "/v1/notes/"
	partyPath       = "/v1/parties/"
	bookPath        = "/v1/books/"
	transactionPath = "/v1/transactions/"
)

// receipt is what became of a command.
type receipt struct {
	Outcome     ledger.OutcomeState `json:"outcome"`
	Command     ledger.CommandID    `json:"command"`
	Result      *ledger.Result      `json:"result,omitempty"`
	Repeated    bool                `json:"repeated,omitempty"` // applied before; this is the first result
	Transaction string              `json:"transaction,omitempty"`
	Block       uint64              `json:"block,omitempty"`
	Links       map[string]string   `json:"links"`
}

// maySubmit refuses a command that the caller may not hand in.
func (s *Server) maySubmit(c *call, cmd *ledger.Command) error {
	if cmd.Op == ledger.OpPartyRegister {
		return s.requireRegistration()
	}
	return actsAs(c, cmd.Op, cmd.By)
}

// submitOne hands in a command and answers with its outcome.
func (s *Server) submitOne(w http.ResponseWriter, r *http.Request, cmd *ledger.Command, signed ledger.Signed) error {
	c := callOf(r.Context())
	c.command = cmd.Command
	if err := s.maySubmit(c, cmd); err != nil {
		return err
	}
	outcomes, err := s.submit(r.Context(), signed)
	if err != nil {
		return err
	}
	rec, err := s.settle(r.Context(), cmd, outcomes[0])
	if err != nil {
		return err
	}
	c.transaction = rec.Transaction
	if rec.Outcome == ledger.Unknown {
		w.Header().Set("Retry-After", "1")
		w.Header().Set("Location", rec.Links["transaction"])
		return answer(w, http.StatusAccepted, rec)
	}
	s.catchUp(r.Context(), rec.Block)
	status := http.StatusOK
	if _, creates, _ := ledger.KindOf(cmd.Op); creates && !rec.Repeated {
		status = http.StatusCreated
		w.Header().Set("Location", rec.Links["subject"])
	}
	return answer(w, status, rec)
}

// submit hands commands in. The wait is not the client's to end: one that goes
// away must not make the outcome of what it sent unknown to the log.
func (s *Server) submit(ctx context.Context, commands ...ledger.Signed) ([]ledger.Outcome, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), submitTime)
	defer cancel()
	outcomes, err := s.Service.Submit(ctx, commands...)
	if err != nil {
		return nil, errLedger{err}
	}
	return outcomes, nil
}

// settle makes a receipt of an outcome, or gives the refusal. A command whose
// outcome is unknown is remembered, so that it can be told later.
func (s *Server) settle(ctx context.Context, cmd *ledger.Command, o ledger.Outcome) (receipt, error) {
	rec := receipt{
		Outcome: o.State, Command: cmd.Command, Result: o.Result, Repeated: o.Repeated,
		Transaction: o.Transaction, Block: o.Block, Links: links(cmd.Subject(), o.Transaction),
	}
	switch o.State {
	case ledger.Committed:
		return rec, nil
	case ledger.Rejected, ledger.Conflicted:
		if o.Err == nil {
			return rec, ledger.Refuse(ledger.CodeConflict)
		}
		return rec, o.Err
	}
	rec.Outcome = ledger.Unknown
	rec.Links["transaction"] = transactionPath + string(cmd.Command)
	err := s.Store.Remember(context.WithoutCancel(ctx), store.Submission{
		Signer: cmd.By, Command: cmd.Command, Op: cmd.Op, Subject: cmd.Subject(), Seq: cmd.Seq, Expires: cmd.ExpiresAt,
	})
	if err != nil {
		// The outcome is no less unknown for that: a fault in its place would be
		// taken for the end of the command.
		s.Log.Error("an unknown outcome is not remembered", "command", cmd.Command, "error", err)
	}
	return rec, nil
}

func links(s ledger.Subject, transaction string) map[string]string {
	all := map[string]string{}
	switch s.Kind {
	case ledger.KindNote:
		all["subject"] = notePath + s.ID
	case ledger.KindParty:
		all["subject"] = partyPath + s.ID
	case ledger.KindBook:
		all["subject"] = bookPath + s.ID
	}
	if transaction != "" {
		all["transaction"] = transactionPath + transaction
	}
	return all
}

// catchUp waits a while until the read model holds a block, so that the caller
// finds there what it has just written. Where that takes too long the answer
// goes out all the same: it is the ledger's, not the read model's.
func (s *Server) catchUp(ctx context.Context, block uint64) {
	if block == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, ownWrites)
	defer cancel()
	if err := s.Store.Wait(ctx, block); err != nil {
		s.Log.Debug("the read model is behind an answer", "block", block)
	}
}
