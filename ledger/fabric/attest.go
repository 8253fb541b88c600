package fabric

import (
	"context"

	"github.com/skuld-registry/skuld/ledger"
)

// Attest is not there yet.
func (c *Channel) Attest(context.Context, string, []byte) (ledger.Attestation, error) {
	return ledger.Attestation{}, ledger.Refuse(ledger.CodeUnavailable)
}
