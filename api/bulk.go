package api

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/skuld-registry/skuld/ledger"
)

// maxBulk is the most commands of one request.
const maxBulk = 1000

// maxBulkBody holds maxBulk commands of 8 KiB each, which is several times what
// an offer takes.
const maxBulkBody = 8 << 20

// commandsRequest is one signed command, or several.
type commandsRequest struct {
	ledger.Signed
	Commands []ledger.Signed `json:"commands"`
	Atomic   bool            `json:"atomic"` // all of Commands or none
}

// item is the outcome of one command of several: a receipt or a problem.
type item struct {
	*receipt
	Problem *problem `json:"problem,omitempty"`
}

type itemsAnswer struct {
	Results []item `json:"results"` // in the order of the commands
	DryRun  bool   `json:"dry_run,omitempty"`
}

// submitCommands hands in any signed command, or up to maxBulk of them.
func (s *Server) submitCommands(w http.ResponseWriter, r *http.Request) error {
	var req commandsRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	switch {
	case (req.Signed == ledger.Signed{}) == (req.Commands == nil):
		return malformed("give either jws or webauthn, or commands")
	case req.Signed == ledger.Signed{}:
		return s.submitBulk(w, r, req)
	case req.Atomic:
		return malformed("atomic is of several commands")
	}
	cmd, err := s.open(req.Signed)
	if err != nil {
		return err
	}
	return s.submitOne(w, r, cmd, req.Signed)
}

// submitBulk answers several commands with the outcome of each. Without atomic a
// refused one does not touch the others. Commands about one subject are applied
// in the order in which they stand.
func (s *Server) submitBulk(w http.ResponseWriter, r *http.Request, req commandsRequest) error {
	switch want, err := readCondition(r); {
	case err != nil:
		return err
	case want.given:
		return malformed("If-Match is of one subject; each command has its own seq")
	case len(req.Commands) == 0 || len(req.Commands) > maxBulk:
		return malformed(fmt.Sprintf("commands must be 1 to %d", maxBulk))
	case slices.Contains(req.Commands, ledger.Signed{}):
		return malformed("each of commands has a jws or a webauthn")
	case callOf(r.Context()).party == nil && len(req.Commands) > 1:
		// An address may make so many requests; each is for one registration.
		return ledger.Refuse(ledger.CodeTokenMissing)
	case req.Atomic && len(req.Commands) > ledger.MaxBatch:
		return ledger.Refuse(ledger.CodeAtomicImpossible, "detail", fmt.Sprintf("there are %d, and one transaction takes %d", len(req.Commands), ledger.MaxBatch))
	}
	b := s.newBulk(r, req.Commands)
	if err := b.carryOut(req.Atomic); err != nil {
		return err
	}
	status := http.StatusOK
	for _, it := range b.items {
		if it.receipt != nil && it.Outcome == ledger.Unknown {
			status = http.StatusAccepted
			w.Header().Set("Retry-After", "1")
		}
	}
	return answer(w, status, itemsAnswer{Results: b.items, DryRun: callOf(r.Context()).dryRun})
}

// bulk is the commands of one request and what became of each.
type bulk struct {
	server *Server
	r      *http.Request
	items  []item    // of every command
	open   []sending // those that may be handed in
	places []int     // of the open ones among the items
}

// newBulk sorts out the commands that the caller may not hand in.
func (s *Server) newBulk(r *http.Request, all []ledger.Signed) *bulk {
	c := callOf(r.Context())
	b := &bulk{server: s, r: r, items: make([]item, len(all))}
	for i, one := range all {
		cmd, err := s.open(one)
		if err == nil {
			err = s.maySubmit(c, cmd)
		}
		if err != nil {
			b.items[i] = c.refused(err)
			continue
		}
		b.open, b.places = append(b.open, sending{cmd, one}), append(b.places, i)
	}
	return b
}

// carryOut hands in the open commands, or rehearses them.
func (b *bulk) carryOut(atomic bool) error {
	s, c := b.server, callOf(b.r.Context())
	if len(b.open) == 0 {
		return nil
	}
	if c.dryRun {
		return b.rehearse()
	}
	how := s.Service.Submit
	if atomic {
		if len(b.open) < len(b.items) {
			for _, i := range b.places {
				b.items[i] = c.refused(ledger.Refuse(ledger.CodeBatchRefused))
			}
			return nil
		}
		how = s.Service.SubmitTogether
	}
	outcomes, err := s.submit(b.r.Context(), how, b.open...)
	if err != nil {
		return err
	}
	var last uint64
	for n, o := range outcomes {
		rec, err := settle(b.open[n].cmd, o)
		b.put(n, rec, err)
		last = max(last, rec.Block)
	}
	s.catchUp(b.r.Context(), last)
	return nil
}

// rehearse tells of each open command what would become of it alone.
func (b *bulk) rehearse() error {
	rehearsals := make([]ledger.Rehearsal, len(b.open))
	for n, d := range b.open {
		rehearsals[n].Signed = d.signed
	}
	outcomes, err := b.server.rehearse(b.r.Context(), rehearsals...)
	if err != nil {
		return err
	}
	for n, o := range outcomes {
		rec, err := rehearsed(b.open[n].cmd, o)
		b.put(n, rec, err)
	}
	return nil
}

// put notes what became of an open command.
func (b *bulk) put(n int, rec receipt, err error) {
	if err != nil {
		b.items[b.places[n]] = callOf(b.r.Context()).refused(err)
		return
	}
	b.items[b.places[n]] = item{receipt: &rec}
}

// refused makes the item of a command that was refused.
func (c *call) refused(err error) item {
	e, cause := refusal(err, c.id)
	if cause != nil {
		c.cause = cause
	}
	c.passing = c.passing || passes(e.Code)
	p := describe(e, c.lang)
	return item{Problem: &p}
}
