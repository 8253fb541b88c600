package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/skuld-registry/skuld/ledger"
)

// commandsRequest is one signed command, or several.
type commandsRequest struct {
	JWS      string          `json:"jws"`
	Commands []ledger.Signed `json:"commands"`
}

// item is the outcome of one command of several: a receipt or a problem.
type item struct {
	*receipt
	Problem *problem `json:"problem,omitempty"`
}

type itemsAnswer struct {
	Results []item `json:"results"` // in the order of the commands
}

// submitCommands hands in any signed command, or up to ledger.MaxBatch of them.
// Each has its own outcome: a refused one does not touch the others.
func (s *Server) submitCommands(w http.ResponseWriter, r *http.Request) error {
	var req commandsRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	if (req.JWS == "") == (req.Commands == nil) {
		return malformed("give either jws or commands")
	}
	if req.JWS != "" {
		signed := ledger.Signed{JWS: req.JWS}
		cmd, err := s.open(signed)
		if err != nil {
			return err
		}
		return s.submitOne(w, r, cmd, signed)
	}
	if len(req.Commands) == 0 || len(req.Commands) > ledger.MaxBatch {
		return malformed(fmt.Sprintf("commands must be 1 to %d", ledger.MaxBatch))
	}
	items, err := s.submitMany(r, req.Commands, anyCommand)
	if err != nil {
		return err
	}
	return answer(w, http.StatusOK, itemsAnswer{items})
}

func anyCommand(*ledger.Command) error { return nil }

// submitMany hands in the commands that may be handed in and that takes does not
// refuse, and gives what became of each.
func (s *Server) submitMany(r *http.Request, all []ledger.Signed, takes func(*ledger.Command) error) ([]item, error) {
	c := callOf(r.Context())
	items := make([]item, len(all))
	refuse := func(i int, err error) {
		e, cause := refusal(err, c.id)
		if cause != nil {
			c.cause = cause
		}
		p := describe(e, c.lang)
		items[i].Problem = &p
	}
	var commands []*ledger.Command
	var signed []ledger.Signed
	var places []int
	for i, one := range all {
		cmd, err := s.open(one)
		if err == nil {
			err = takes(cmd)
		}
		if err == nil {
			err = s.maySubmit(c, cmd)
		}
		if err != nil {
			refuse(i, err)
			continue
		}
		commands, signed, places = append(commands, cmd), append(signed, one), append(places, i)
	}
	if len(signed) == 0 {
		return items, nil
	}
	outcomes, err := s.submit(r.Context(), signed...)
	if err != nil {
		return nil, err
	}
	var last uint64
	for n, o := range outcomes {
		rec, err := s.settle(r.Context(), commands[n], o)
		if err != nil {
			refuse(places[n], err)
			continue
		}
		items[places[n]].receipt = &rec
		last = max(last, rec.Block)
	}
	s.catchUp(r.Context(), last)
	return items, nil
}

// draftsRequest asks for a draft of any operation.
type draftsRequest struct {
	Op      ledger.Op `json:"op"`
	Subject string    `json:"subject"` // id; none where the operation creates it
	draftRequest
}

// createDraft drafts any command.
func (s *Server) createDraft(w http.ResponseWriter, r *http.Request) error {
	var req draftsRequest
	if err := readJSON(r, &req); err != nil {
		return err
	}
	if _, creates, known := ledger.KindOf(req.Op); !known {
		return ledger.Refuse(ledger.CodeOperationUnknown, "op", clip(string(req.Op), 40))
	} else if creates == (req.Subject != "") {
		return malformed("subject is the id of what the operation changes, and absent where it creates it")
	}
	if req.Body == nil {
		req.Body = json.RawMessage("{}")
	}
	body, err := readObject(req.Body)
	if err != nil {
		return err
	}
	return s.draft(w, r, req.Op, req.Subject, body, req.draftRequest)
}
