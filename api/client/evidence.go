package client

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
)

// Evidence gets the file that proves a note or, with a payment's number, its
// receipt. The file is checked before it is given: it is of the network that the
// caller names, whatever the gateway says, or it is an error.
func (c *Client) Evidence(ctx context.Context, network string, id ledger.NoteID, payment uint64) ([]byte, *evidence.Report, error) {
	var raw json.RawMessage
	r := rest.GetEvidence(string(id), rest.GetEvidenceParams{Payment: int64(payment)})
	if err := c.call(ctx, r, private, &raw); err != nil {
		return nil, nil, fmt.Errorf("getting the evidence: %w", err)
	}
	report := evidence.Verify(raw, evidence.Anchors{Networks: []string{network}})
	switch {
	case !report.Holds():
		return nil, nil, fmt.Errorf("getting the evidence: what the gateway gave does not hold: %w", report.Findings[0])
	case report.Note != id || payment != 0 && (report.Payment == nil || report.Payment.Seq != payment):
		return nil, nil, fmt.Errorf("getting the evidence: the gateway gave that of something else than %s", id)
	}
	return raw, report, nil
}
