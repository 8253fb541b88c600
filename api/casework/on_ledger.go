package casework

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/skuld-registry/skuld/ledger"
)

// OnLedger is an act that is one command on the ledger. It is named like the
// operation, and the rules of the ledger say whether it can be done.
type OnLedger struct {
	Op   ledger.Op       `json:"op"`
	Note ledger.NoteID   `json:"note"`
	Body json.RawMessage `json:"body"`
}

// On makes the act that writes an operation on a note.
func On(note ledger.NoteID, op ledger.Op, body any) (*OnLedger, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return nil, fmt.Errorf("writing the body of %s: %w", op, err)
	}
	return &OnLedger{Op: op, Note: note, Body: raw}, nil
}

// Name is that of the operation.
func (a *OnLedger) Name() ActName { return ActName(a.Op) }

// Subject is the note.
func (a *OnLedger) Subject() ledger.NoteID { return a.Note }

// Check asks the rules of the ledger.
func (a *OnLedger) Check(ctx context.Context, d *Desk) error {
	f, known := onLedger[a.Op]
	if !known {
		return ledger.Refuse(ledger.CodeOperationUnknown, "op", string(a.Op))
	}
	if f.check != nil {
		if err := f.check(ctx, d, a); err != nil {
			return err
		}
	}
	now, err := d.lookAhead(ctx, a.Note)
	if err != nil {
		return err
	}
	body, err := a.telling("–") // its reason is not written yet
	if err != nil {
		return err
	}
	return now.would(a.Op, body)
}

// Describe says what will stand on the note, and what that means.
func (a *OnLedger) Describe() []Saying {
	f, known := onLedger[a.Op]
	if !known {
		return nil
	}
	return f.says(a.Body)
}

// Do writes it on the ledger, under the act's id.
func (a *OnLedger) Do(ctx context.Context, d *Desk, by Doing) (Effect, error) {
	body, err := a.telling(by.Reason)
	if err != nil {
		return Effect{}, err
	}
	done, err := d.Submit(ctx, by, a.Note, a.Op, body)
	e := Effect{Command: done.Command, Unsettled: done.Unsettled}
	if err != nil || done.Unsettled {
		return e, err
	}
	if undo := onLedger[a.Op].undo; undo != nil {
		op, body := undo(done.Seq)
		if e.Undo, err = On(a.Note, op, body); err != nil {
			return e, err
		}
	}
	return e, nil
}

// telling gives the body with the act's reason in the field by which the borrower is
// told of it, unless something stands there.
func (a *OnLedger) telling(reason string) (json.RawMessage, error) {
	field := onLedger[a.Op].tells
	if field == "" {
		return a.Body, nil
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(a.Body, &body); err != nil {
		return nil, ledger.Refuse(ledger.CodeBodyMalformed, "op", string(a.Op), "detail", err.Error())
	}
	if said := body[field]; len(said) > 0 && string(said) != `""` {
		return a.Body, nil
	}
	var err error
	if body[field], err = json.Marshal(reason); err != nil {
		return nil, fmt.Errorf("writing why: %w", err)
	}
	return json.Marshal(body)
}

// form is what an act on the ledger has beside its row in the table of acts.
type form struct {
	says  func(json.RawMessage) []Saying
	tells string // the field of the body that is the reason, in words for the borrower
	undo  func(seq uint64) (ledger.Op, any)
	check func(context.Context, *Desk, *OnLedger) error // beside the rules of the ledger
}

// read decodes a body for what is said of it. What cannot be read is refused by Check.
func read[B any](say func(B) []Saying) func(json.RawMessage) []Saying {
	return func(raw json.RawMessage) []Saying {
		var body B
		if json.Unmarshal(raw, &body) != nil {
			return nil
		}
		return say(body)
	}
}

// one says one thing.
func one(key string, with ...any) []Saying { return []Saying{Say(key, with...)} }

// onLedger holds the forms of all acts on the ledger.
var onLedger = map[ledger.Op]form{
	ledger.OpPay: {
		says: read(func(b ledger.PayBody) []Saying {
			return one("act.pay.says", "amount", b.Amount, "day", b.PaidOn)
		}),
		undo: func(seq uint64) (ledger.Op, any) { return ledger.OpPayReverse, ledger.PayReverseBody{Payment: seq} },
	},
	ledger.OpPayReverse: {
		says:  read(func(b ledger.PayReverseBody) []Saying { return one("act.pay.reverse.says") }),
		tells: "reason",
	},
	ledger.OpPayDeny: {
		says:  read(func(b ledger.PayDenyBody) []Saying { return one("act.pay.deny.says") }),
		tells: "text",
	},
	ledger.OpDisputeResolve: {
		says: read(func(b ledger.DisputeResolveBody) []Saying {
			return one("act.dispute.resolve." + string(b.Outcome))
		}),
		tells: "text",
	},
	ledger.OpForgive: {
		says: read(func(b ledger.ForgiveBody) []Saying {
			return one("act.forgive.says", "amount", b.Amount)
		}),
		tells: "reason",
	},
	ledger.OpCharge: {
		says: read(func(b ledger.ChargeBody) []Saying {
			return one("act.charge."+string(b.Kind), "amount", b.Amount)
		}),
		undo: func(seq uint64) (ledger.Op, any) {
			return ledger.OpRelief, ledger.ReliefBody{Part: ledger.PartCosts, Ground: ledger.GroundError, Charge: seq}
		},
	},
	ledger.OpRelief: {says: read(sayRelief), tells: "reason"},
	ledger.OpSetoff: {
		says: read(func(b ledger.SetoffBody) []Saying {
			return one("act.setoff.says", "amount", b.Amount, "day", b.On)
		}),
		tells: "ground",
	},
	ledger.OpNotice: {
		says: read(func(b ledger.NoticeBody) []Saying { return one("act.notice.says", "day", b.DeliveredOn) }),
	},
	ledger.OpAmendPropose: {
		says: read(func(b ledger.AmendProposeBody) []Saying {
			return append(sayAmendment(b.Amendment), Say("act.amend.propose.says"))
		}),
		undo: func(seq uint64) (ledger.Op, any) {
			return ledger.OpAmendWithdraw, ledger.AmendEndBody{Proposal: seq}
		},
	},
	ledger.OpAmendAccept: {
		says: read(func(b ledger.AmendAcceptBody) []Saying {
			return append(sayAmendment(b.Amendment), Say("act.amend.accept.says"))
		}),
	},
	ledger.OpAmendReject: {
		says:  read(func(b ledger.AmendEndBody) []Saying { return one("act.amend.reject.says") }),
		tells: "text",
	},
	ledger.OpAmendWithdraw: {
		says: read(func(b ledger.AmendEndBody) []Saying { return one("act.amend.withdraw.says") }),
	},
	ledger.OpAccelerate: {
		says: read(func(b ledger.AccelerateBody) []Saying {
			return one("act.accelerate.says", "day", b.Effective)
		}),
		check: alternativesFirst,
		undo: func(seq uint64) (ledger.Op, any) {
			return ledger.OpCure, ledger.CureBody{Acceleration: seq}
		},
	},
	ledger.OpCure: {
		says:  read(func(b ledger.CureBody) []Saying { return one("act.cure.says") }),
		tells: "reason",
	},
	ledger.OpInterrupt: {
		says: read(func(b ledger.InterruptBody) []Saying {
			return one("act.interrupt."+string(b.Kind), "day", b.On)
		}),
	},
	ledger.OpTransferAccept: {
		says: read(func(b ledger.TransferAcceptBody) []Saying {
			if b.Book != "" {
				return one("act.transfer.accept.sale")
			}
			return one("act.transfer.accept.says")
		}),
	},
	ledger.OpTransferReject: {
		says:  read(func(b ledger.TransferBody) []Saying { return one("act.transfer.reject.says") }),
		tells: "reason",
	},
	ledger.OpMandateEnd: {
		says: read(func(ledger.EmptyBody) []Saying { return one("act.mandate.end.says") }),
	},
}

// sayRelief says what is taken off, and for how long no late interest runs.
func sayRelief(b ledger.ReliefBody) []Saying {
	said := one("act.relief.all." + string(b.Part))
	if b.Amount != nil {
		said = one("act.relief."+string(b.Part), "amount", *b.Amount)
	}
	if !b.LateFreeUntil.IsZero() {
		said = append(said, Say("act.relief.free", "day", b.LateFreeUntil))
	}
	return said
}

// sayAmendment says how the debt is to be paid.
func sayAmendment(m ledger.Amendment) []Saying {
	key := "act.amend." + string(m.Kind)
	with := []any{"n", m.Instalments, "day", m.FirstDue, "rate", m.Rate}
	if m.Free {
		return []Saying{Say(key, with...), Say("act.amend.free")}
	}
	return one(key, with...)
}
