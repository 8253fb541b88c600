package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

func (a *app) accelerateCommand() *cobra.Command {
	var effective, delivered, channel, letter string
	c := a.onNote(noteCommand{
		use: "accelerate NOTE", short: "State that the borrower was told that all of the debt falls due", op: ledger.OpAccelerate,
		long: `State that the borrower was told that all of the debt falls due on a day. The note
must allow it; a consumer must be as late as 2010:1846 par. 33 asks, and has four
weeks. Who pays what is overdue and its late interest by then keeps the instalments.`,
		example: `  skuld accelerate n… --effective 2026-12-21 --delivered-on 2026-11-20 --letter notice.pdf`,
		done:    "All falls due on that day, unless what is late is paid by then.",
		body: func(*cobra.Command, *client.Note) (any, error) {
			b := ledger.AccelerateBody{Channel: channel}
			var err error
			if b.Effective, err = parseDate("effective", effective, a.now()); err != nil {
				return nil, err
			}
			if b.DeliveredOn, err = parseDate("delivered-on", delivered, a.now()); err != nil {
				return nil, err
			}
			if letter != "" {
				b.Content, err = digestOf("letter", letter)
			}
			return b, err
		},
	})
	f := c.Flags()
	f.StringVar(&effective, "effective", "", "day on which all falls due (required)")
	f.StringVar(&delivered, "delivered-on", todayWord, "day on which the borrower was told")
	f.StringVar(&channel, "channel", "letter", "letter, email, message or portal")
	f.StringVar(&letter, "letter", "", "file of the letter that was sent; its digest is written on the note")
	return c
}

func (a *app) cureCommand() *cobra.Command {
	var reason string
	c := a.onNote(noteCommand{
		use: "cure NOTE", short: "Take back that all of the debt falls due", op: ledger.OpCure,
		example: `  skuld cure n… --reason "We have talked; the instalments go on."`, done: "The instalments go on as before.",
		body: func(_ *cobra.Command, n *client.Note) (any, error) {
			if n.Note == nil || n.Note.Acceleration == nil {
				return nil, errors.New("nobody has said that all falls due; see skuld note show")
			}
			return ledger.CureBody{Acceleration: n.Note.Acceleration.Seq, Reason: reason}, nil
		},
	})
	c.Flags().StringVar(&reason, "reason", "", "why, in words (required)")
	return c
}

func (a *app) interruptCommand() *cobra.Command {
	var kind, on, channel, reference, document string
	c := a.onNote(noteCommand{
		use: "interrupt NOTE", short: "Write on the note that limitation was interrupted", op: ledger.OpInterrupt,
		long: `Write on the note that limitation was interrupted (1981:130 par. 5): by a demand
that reached the borrower, by a filing with a court or an authority, or, as the
borrower, by an acknowledgement. The time to claim begins anew from that day.`,
		example: `  skuld interrupt n… --kind demand --channel letter --document demand.pdf
  skuld interrupt n… --kind filing --reference "Ä 4711-26"
  skuld --as borrower interrupt n… --kind acknowledgement`,
		done: "The interruption is written on the note.",
		body: func(*cobra.Command, *client.Note) (any, error) {
			b := ledger.InterruptBody{Kind: ledger.InterruptionKind(kind), Channel: channel, Reference: reference}
			var err error
			if b.On, err = parseDate("on", on, a.now()); err != nil {
				return nil, err
			}
			if document != "" {
				b.Content, err = digestOf("document", document)
			}
			return b, err
		},
	})
	f := c.Flags()
	f.StringVar(&kind, "kind", "", "demand, filing or acknowledgement (required)")
	f.StringVar(&on, "on", todayWord, "day on which it reached whom it was for")
	f.StringVar(&channel, "channel", "", "of a demand or an acknowledgement: letter, email, message or portal")
	f.StringVar(&reference, "reference", "", "the number under which a filing is kept")
	f.StringVar(&document, "document", "", "file that proves it; its digest is written on the note")
	return c
}
