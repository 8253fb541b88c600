package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

// maxNoticeBytes bounds a notice or a letter whose digest is written on a note.
const maxNoticeBytes = 64 << 20

func (a *app) noticeCommand() *cobra.Command {
	var holder, on, channel, content string
	c := a.onNote(noteCommand{
		use: "notice NOTE", short: "Write that the borrower was told who holds the note", op: ledger.OpNotice,
		long: `Write on the note that the borrower was told who holds it now. Until then
nothing may be demanded and no late interest runs (1936:81 par. 3).`,
		example: "  skuld --as collector notice n… --channel letter --delivered-on 2026-11-21 --content notice.pdf",
		done:    "The notice is written on the note.",
		body: func(_ *cobra.Command, n *client.Note) (any, error) {
			b := ledger.NoticeBody{Holder: n.Holder, Channel: channel}
			var err error
			if b.DeliveredOn, err = parseDate("delivered-on", on, a.now()); err != nil {
				return nil, err
			}
			if holder != "" {
				if b.Holder, err = parsePartyID(holder); err != nil {
					return nil, fmt.Errorf("--holder: %w", err)
				}
			}
			if b.Holder == "" {
				return nil, errors.New("nobody holds the note any more, since it is paid and handed back; --holder says whom the notice named")
			}
			if content != "" {
				if b.Content, err = digestOf("content", content); err != nil {
					return nil, err
				}
			}
			return b, nil
		},
	})
	f := c.Flags()
	f.StringVar(&on, "delivered-on", todayWord, "day on which it was delivered")
	f.StringVar(&channel, "channel", "letter", "letter, email, message or portal")
	f.StringVar(&content, "content", "", "file of what was sent; its digest is written on the note")
	f.StringVar(&holder, "holder", "", "the holder that the notice names (default today's)")
	return c
}

// digestOf gives the digest of the file that a flag names.
func digestOf(flag, path string) (ledger.Digest, error) {
	f, err := os.Open(path)
	if err != nil {
		return ledger.Digest{}, fmt.Errorf("--%s: %w", flag, err)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, io.LimitReader(f, maxNoticeBytes+1))
	if err != nil {
		return ledger.Digest{}, fmt.Errorf("--%s: %w", flag, err)
	}
	if n > maxNoticeBytes {
		return ledger.Digest{}, fmt.Errorf("--%s: %s is longer than %d bytes", flag, path, maxNoticeBytes)
	}
	return ledger.Digest(h.Sum(nil)), nil
}

func (a *app) payCommand() *cobra.Command {
	var amount, on, reference string
	var claim uint64
	c := a.onNote(noteCommand{
		use: "pay NOTE", short: "Write a payment that one received on the note", op: ledger.OpPay,
		long: `Write a payment that one received on the note. It is used for costs, then
interest, then principal. With the last one the note is handed back: control
passes to the borrower, and nobody can claim it again.`,
		example: `  skuld pay n… --amount "5313.07 SEK" --paid-on 2026-11-20 --reference "OCR 4711"
  skuld pay reverse n… --payment 5 --reason "Another customer's payment"`,
		done: "The payment is written on the note.",
		body: func(*cobra.Command, *client.Note) (any, error) {
			m, err := parseMoney("amount", amount)
			if err != nil {
				return nil, err
			}
			day, err := parseDate("paid-on", on, a.now())
			return ledger.PayBody{Amount: m, PaidOn: day, Reference: reference, Claim: claim}, err
		},
	})
	f := c.Flags()
	f.StringVar(&amount, "amount", "", `what was paid, like "5313.07 SEK" (required)`)
	f.StringVar(&on, "paid-on", todayWord, "day on which it was paid")
	f.StringVar(&reference, "reference", "", "of the bank's entry")
	f.Uint64Var(&claim, "claim", 0, "number of the borrower's claim that it answers")
	c.AddCommand(a.payReverse(), a.payClaim(), a.payDeny())
	return c
}

func (a *app) payReverse() *cobra.Command {
	var payment uint64
	var reason string
	c := a.onNote(noteCommand{
		use: "reverse NOTE", short: "Take a wrong booking back, visibly", op: ledger.OpPayReverse,
		example: `  skuld pay reverse n… --payment 5 --reason "Another customer's payment"`, done: "The payment is reversed.",
		body: func(*cobra.Command, *client.Note) (any, error) {
			return ledger.PayReverseBody{Payment: payment, Reason: reason}, nil
		},
	})
	c.Flags().Uint64Var(&payment, "payment", 0, "number of the payment, as skuld note show gives it (required)")
	c.Flags().StringVar(&reason, "reason", "", "why (required)")
	return c
}

func (a *app) forgiveCommand() *cobra.Command {
	var amount, reason string
	c := a.onNote(noteCommand{
		use: "forgive NOTE", short: "Let the borrower off a part, or all", op: ledger.OpForgive,
		example: `  skuld forgive n… --amount "500 SEK" --reason "Goodwill"`, done: "The amount is forgiven.",
		warn: "What is forgiven cannot be claimed again.",
		body: func(*cobra.Command, *client.Note) (any, error) {
			m, err := parseMoney("amount", amount)
			return ledger.ForgiveBody{Amount: m, Reason: reason}, err
		},
	})
	c.Flags().StringVar(&amount, "amount", "", `what is forgiven, like "500 SEK" (required)`)
	c.Flags().StringVar(&reason, "reason", "", "why")
	return c
}

func (a *app) disputeCommand() *cobra.Command {
	return group("dispute", "Object to a note, and answer an objection", a.disputeRaise(), a.disputeResolve())
}

func (a *app) disputeRaise() *cobra.Command {
	var text string
	c := a.onNote(noteCommand{
		use: "raise NOTE", short: "Object to a note; collection stops while it is open", op: ledger.OpDisputeRaise,
		example: `  skuld --as borrower dispute raise n… --text "I paid this in March."`, done: "The objection is written on the note.",
		body: func(*cobra.Command, *client.Note) (any, error) { return ledger.DisputeRaiseBody{Text: text}, nil },
	})
	c.Flags().StringVar(&text, "text", "", "the objection, in one's own words (required)")
	return c
}

func (a *app) disputeResolve() *cobra.Command {
	var dispute uint64
	var outcome, text string
	c := a.onNote(noteCommand{
		use: "resolve NOTE", short: "End an objection: uphold, dismiss or withdraw it", op: ledger.OpDisputeResolve,
		example: `  skuld dispute resolve n… --outcome upheld --text "You are right; the payment is booked."`,
		done:    "The objection is ended.",
		body: func(_ *cobra.Command, n *client.Note) (any, error) {
			b := ledger.DisputeResolveBody{Dispute: dispute, Outcome: ledger.DisputeOutcome(outcome), Text: text}
			if dispute == 0 {
				if n.Note == nil || len(n.Note.Disputes) != 1 {
					return nil, errors.New("--dispute is required unless exactly one objection is open; see skuld note show")
				}
				b.Dispute = n.Note.Disputes[0].Seq
			}
			return b, nil
		},
	})
	f := c.Flags()
	f.Uint64Var(&dispute, "dispute", 0, "number of the objection (default the only open one)")
	f.StringVar(&outcome, "outcome", "", "upheld, dismissed, or withdrawn by who raised it (required)")
	f.StringVar(&text, "text", "", "the answer in words (required)")
	return c
}

func (a *app) freezeCommand() *cobra.Command {
	var ground string
	c := a.onNote(noteCommand{
		use: "freeze NOTE", short: "As an authority: prohibit transfer and payment", op: ledger.OpFreeze,
		example: `  skuld --as authority freeze n… --ground "Seizure, case U-123-26"`, done: "The note is frozen.",
		body: func(*cobra.Command, *client.Note) (any, error) { return ledger.FreezeBody{Ground: ground}, nil },
	})
	c.Flags().StringVar(&ground, "ground", "", "the decision and its number (required)")
	return c
}

func (a *app) releaseCommand() *cobra.Command {
	return a.onNote(noteCommand{
		use: "release NOTE", short: "As an authority: release a note that one froze", op: ledger.OpRelease,
		example: "  skuld --as authority release n…", done: "The note is released.", body: emptyBody,
	})
}
