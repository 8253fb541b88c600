package metrics

import (
	"context"
	"encoding/json"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Service gives the ledger with its commands counted, whoever hands them in: a
// request, an import, a batch.
func (m *Metrics) Service(service ledger.Service, signatures ledger.Signatures, clock func() time.Time) ledger.Service {
	return &counted{Service: service, metrics: m, signatures: signatures, clock: clock}
}

type counted struct {
	ledger.Service
	metrics    *Metrics
	signatures ledger.Signatures
	clock      func() time.Time
}

func (c *counted) Submit(ctx context.Context, commands ...ledger.Signed) ([]ledger.Outcome, error) {
	began := c.clock()
	outcomes, err := c.Service.Submit(ctx, commands...)
	c.count(began, commands, outcomes, err)
	return outcomes, err
}

func (c *counted) SubmitTogether(ctx context.Context, commands ...ledger.Signed) ([]ledger.Outcome, error) {
	began := c.clock()
	outcomes, err := c.Service.SubmitTogether(ctx, commands...)
	c.count(began, commands, outcomes, err)
	return outcomes, err
}

func (c *counted) count(began time.Time, commands []ledger.Signed, outcomes []ledger.Outcome, err error) {
	c.metrics.submits.Observe(c.clock().Sub(began).Seconds())
	if err != nil {
		c.metrics.faults.Inc()
		return
	}
	for i, o := range outcomes {
		state := string(o.State)
		if o.Repeated {
			state = "repeated"
		}
		var code string
		if o.Err != nil {
			code = string(o.Err.Code)
		}
		c.metrics.commands.WithLabelValues(c.op(commands[i], o), state, code).Inc()
	}
}

// op gives a command's operation, or other for one that there is not.
func (c *counted) op(signed ledger.Signed, o ledger.Outcome) string {
	if o.Result != nil {
		return string(o.Result.Op)
	}
	opened, err := c.signatures.Open(signed)
	if err != nil {
		return other
	}
	var command struct {
		Op ledger.Op `json:"op"`
	}
	if json.Unmarshal(opened.Payload, &command) != nil {
		return other
	}
	if _, _, known := ledger.KindOf(command.Op); !known {
		return other
	}
	return string(command.Op)
}
