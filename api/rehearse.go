package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
)

// readDryRun reads the query of a write, which asks for a dry run or for nothing.
// In a dry run nothing that the handler writes to the database is kept.
func readDryRun(rt *route, r *http.Request) error {
	if !rt.writes() {
		return nil
	}
	q := readQuery(r, append(slices.Clone(rt.query), "dry_run")...)
	text := q.text("dry_run", "true or false", func(v string) bool { return v == "true" || v == "false" })
	callOf(r.Context()).dryRun = text == "true"
	return q.err
}

// rehearse says what would become of commands just now. Nothing is handed in and
// nothing is kept.
func (s *Server) rehearse(ctx context.Context, commands ...ledger.Rehearsal) ([]ledger.Outcome, error) {
	outcomes, err := s.Service.Rehearse(ctx, commands...)
	if err != nil {
		return nil, errLedger{err}
	}
	return outcomes, nil
}

// would tells what would become of a draft, if it were signed and handed in now.
func (s *Server) would(ctx context.Context, cmd *ledger.Command) (*item, error) {
	c := callOf(ctx)
	outcomes, err := s.rehearse(ctx, ledger.Rehearsal{Draft: cmd})
	if err != nil {
		return nil, err
	}
	rec, err := rehearsed(cmd, outcomes[0])
	if err != nil {
		it := c.refused(err)
		return &it, nil
	}
	return &item{receipt: &rec}, nil
}

// rehearsed makes a receipt of what a rehearsal says, or gives the refusal.
func rehearsed(cmd *ledger.Command, o ledger.Outcome) (receipt, error) {
	rec := receiptOf(cmd, o)
	rec.DryRun = true
	if o.State == ledger.Committed {
		return rec, nil
	}
	return rec, refusalOf(o)
}

// rehearseOne answers a signed command as submitOne would.
func (s *Server) rehearseOne(w http.ResponseWriter, r *http.Request, cmd *ledger.Command, signed ledger.Signed) error {
	outcomes, err := s.rehearse(r.Context(), ledger.Rehearsal{Signed: signed})
	if err != nil {
		return err
	}
	rec, err := rehearsed(cmd, outcomes[0])
	if err != nil {
		return err
	}
	return answer(w, statusOfReceipt(cmd, rec), rec)
}
