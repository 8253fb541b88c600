package api

import (
	"context"
	"errors"
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
	DryRun      bool                `json:"dry_run,omitempty"`  // nothing was done; this is what would be
	Transaction string              `json:"transaction,omitempty"`
	Block       uint64              `json:"block,omitempty"`
	Links       map[string]string   `json:"links"`
}

// sending is a command that is to be handed in.
type sending struct {
	cmd    *ledger.Command
	signed ledger.Signed
}

func (d sending) submission() store.Submission {
	return store.Submission{
		Signer: d.cmd.By, Command: d.cmd.Command, Op: d.cmd.Op, Subject: d.cmd.Subject(), Seq: d.cmd.Seq, Expires: d.cmd.ExpiresAt,
	}
}

// maySubmit refuses a command that the caller may not hand in. The ledger would
// refuse one from the future as well, but it would be remembered until it expires:
// for as long as whoever dated it likes.
func (s *Server) maySubmit(c *call, cmd *ledger.Command) error {
	if cmd.IssuedAt.After(s.Clock().Add(ledger.ClockTolerance)) {
		return ledger.Refuse(ledger.CodeCommandEarly)
	}
	switch cmd.Op {
	case ledger.OpPartyRegister:
		return s.requireRegistration()
	case ledger.OpRecoveryComplete:
		return nil // whoever completes it has lost the keys that a token is got with
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
	if err := s.requireUnchanged(r, cmd); err != nil {
		return err
	}
	if c.dryRun {
		return s.rehearseOne(w, r, cmd, signed)
	}
	outcomes, err := s.submit(r.Context(), s.Service.Submit, sending{cmd, signed})
	if err != nil {
		return err
	}
	rec, err := settle(cmd, outcomes[0])
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
	status := statusOfReceipt(cmd, rec)
	if status == http.StatusCreated {
		w.Header().Set("Location", rec.Links["subject"])
	}
	return answer(w, status, rec)
}

// statusOfReceipt gives the status of the answer to a command that was applied.
func statusOfReceipt(cmd *ledger.Command, rec receipt) int {
	if _, creates, _ := ledger.KindOf(cmd.Op); creates && !rec.Repeated {
		return http.StatusCreated
	}
	return http.StatusOK
}

// submit hands commands in. They are remembered before: a gateway that stops
// while they are under way can tell of them when it is back. The wait is not the
// client's to end: one that goes away must not make the outcome of what it sent
// unknown to the log.
func (s *Server) submit(ctx context.Context, how submitter, all ...sending) ([]ledger.Outcome, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), submitTime)
	defer cancel()
	sent, signed := make([]store.Submission, len(all)), make([]ledger.Signed, len(all))
	for i, d := range all {
		sent[i], signed[i] = d.submission(), d.signed
	}
	if err := s.Store.Remember(ctx, sent...); err != nil {
		return nil, err
	}
	outcomes, err := how(ctx, signed...)
	if e, whole := errors.AsType[*ledger.Error](err); whole && e.Class() != ledger.ClassUnavailable {
		for i := range sent {
			sent[i].Refusal = e
		}
		s.rememberRefusals(ctx, sent)
	}
	if err != nil {
		return nil, errLedger{err}
	}
	var refused []store.Submission
	for i, o := range outcomes {
		s.logChange(ctx, all[i].cmd, o)
		if o.State == ledger.Rejected || o.State == ledger.Conflicted {
			sent[i].Refusal = refusalOf(o)
			refused = append(refused, sent[i])
		}
	}
	s.rememberRefusals(ctx, refused)
	return outcomes, nil
}

// rememberRefusals notes why commands were refused. Where that fails the caller
// is told all the same; only who asks again hears that it is unknown.
//
// The time for the outcomes does not end it: where one of several took all of it,
// the others were refused all the same.
func (s *Server) rememberRefusals(ctx context.Context, refused []store.Submission) {
	if len(refused) == 0 {
		return
	}
	if err := s.Store.RememberRefusals(context.WithoutCancel(ctx), refused...); err != nil {
		s.Log.Error("refusals are not remembered", "commands", len(refused), "error", err)
	}
}

// submitter hands commands in: ledger.Service's Submit or SubmitTogether.
type submitter func(context.Context, ...ledger.Signed) ([]ledger.Outcome, error)

// settle makes a receipt of an outcome, or gives the refusal.
func settle(cmd *ledger.Command, o ledger.Outcome) (receipt, error) {
	rec := receiptOf(cmd, o)
	switch o.State {
	case ledger.Committed:
		return rec, nil
	case ledger.Rejected, ledger.Conflicted:
		return rec, refusalOf(o)
	}
	rec.Outcome = ledger.Unknown
	rec.Links["transaction"] = transactionPath + string(cmd.Command)
	return rec, nil
}

func receiptOf(cmd *ledger.Command, o ledger.Outcome) receipt {
	return receipt{
		Outcome: o.State, Command: cmd.Command, Result: o.Result, Repeated: o.Repeated,
		Transaction: o.Transaction, Block: o.Block, Links: links(cmd.Subject(), o.Transaction),
	}
}

// refusalOf gives why a command was not applied.
func refusalOf(o ledger.Outcome) *ledger.Error {
	if o.Err != nil {
		return o.Err
	}
	return ledger.Refuse(ledger.CodeConflict)
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
