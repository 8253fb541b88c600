package api

import (
	"encoding/json"
	"net/http"

	"github.com/skuld-registry/skuld/ledger"
)

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
