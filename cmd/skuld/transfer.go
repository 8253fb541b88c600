package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

func (a *app) transferCommand() *cobra.Command {
	return group("transfer", "Sell, pledge or give out for collection", a.transferOffer(), a.transferAccept(),
		a.transferEnd(noteCommand{
			use: "reject NOTE", short: "Say no to a transfer that is offered to one", op: ledger.OpTransferReject,
			example: "  skuld --as collector transfer reject n…", done: "The transfer is rejected.",
		}),
		a.transferEnd(noteCommand{
			use: "withdraw NOTE", short: "Take an offered transfer back", op: ledger.OpTransferWithdraw,
			example: "  skuld --as lender transfer withdraw n…", done: "The transfer is withdrawn.",
		}))
}

func (a *app) transferOffer() *cobra.Command {
	var to, kind, form string
	var recourse bool
	c := a.onNote(noteCommand{
		use: "offer NOTE", short: "Offer a note, or a right in it, to one party", op: ledger.OpTransferOffer,
		long: `Offer a note, or a right in it, to one party. Nothing passes until that party
accepts.

The kinds: sale, the note itself; pledge, control of it as security; and
collection_mandate, the right to collect for the holder and nothing else.`,
		example: `  skuld transfer offer n… --to p…
  skuld transfer offer n… --to p… --kind pledge`,
		done: "The transfer is offered.",
		body: func(cmd *cobra.Command, _ *client.Note) (any, error) {
			id, err := parsePartyID(to)
			if err != nil {
				return nil, errors.Join(errors.New("--to"), err)
			}
			b := ledger.TransferOfferBody{To: id, Kind: ledger.TransferKind(kind), Recourse: recourse}
			if b.Kind == ledger.Sale || cmd.Flags().Changed("form") {
				b.Form = ledger.EndorsementForm(form)
			}
			return b, nil
		},
	})
	f := c.Flags()
	f.StringVar(&to, "to", "", "the party that it is offered to (required)")
	f.StringVar(&kind, "kind", string(ledger.Sale), "sale, pledge or collection_mandate")
	f.StringVar(&form, "form", string(ledger.InFull), "of a sale's endorsement: full or blank")
	f.BoolVar(&recourse, "recourse", false, "of a sale: the seller answers for payment")
	return c
}

func (a *app) transferAccept() *cobra.Command {
	var book, transfer string
	c := a.onNote(noteCommand{
		use: "accept NOTE", short: "Accept a transfer that is offered to one", op: ledger.OpTransferAccept,
		long: `Accept a transfer that is offered to one. From then on the one who offered it
can do nothing with the note. What was bought goes to a book of one's own.`,
		example: "  skuld --as collector transfer accept n…", done: "The transfer is accepted.",
		warn: "You accept the note as it is; look at it first with skuld note show.",
		body: func(_ *cobra.Command, n *client.Note) (any, error) {
			id, err := pendingTransfer(n, transfer)
			if err != nil {
				return nil, err
			}
			b := ledger.TransferAcceptBody{Transfer: id}
			if n.Note.Pending.Kind != ledger.Sale {
				return b, nil
			}
			p, err := a.openProfile()
			if err != nil {
				return nil, err
			}
			if book == "" && p.Book == "" {
				return nil, errors.New("a note that is bought needs a book; open one with skuld book open, or name one with --book")
			}
			if b.Book = p.Book; book != "" {
				b.Book, err = parseBookID(book)
			}
			return b, err
		},
	})
	c.Flags().StringVar(&book, "book", "", "of a sale: the book that the note goes to (default the profile's)")
	c.Flags().StringVar(&transfer, "transfer", "", "the transfer's id (default the one that is offered)")
	return c
}

// transferEnd makes a command line that ends an offered transfer.
func (a *app) transferEnd(n noteCommand) *cobra.Command {
	var reason, transfer string
	n.body = func(_ *cobra.Command, n *client.Note) (any, error) {
		id, err := pendingTransfer(n, transfer)
		return ledger.TransferBody{Transfer: id, Reason: reason}, err
	}
	c := a.onNote(n)
	c.Flags().StringVar(&reason, "reason", "", "why")
	c.Flags().StringVar(&transfer, "transfer", "", "the transfer's id (default the one that is offered)")
	return c
}

// pendingTransfer gives the transfer that a command answers: the one that is
// named, so that no other is answered by mistake, or the one that is offered.
func pendingTransfer(n *client.Note, named string) (ledger.CommandID, error) {
	if n.Note == nil || n.Note.Pending == nil {
		return "", errors.New("no transfer of this note is offered")
	}
	if named != "" && ledger.CommandID(named) != n.Note.Pending.ID {
		return "", errors.New("the transfer that is offered is " + string(n.Note.Pending.ID))
	}
	return n.Note.Pending.ID, nil
}

func (a *app) pledgeCommand() *cobra.Command {
	return group("pledge", "Give a pledged note back", a.onNote(noteCommand{
		use: "release NOTE", short: "Give control of a pledged note back to its holder", op: ledger.OpPledgeRelease,
		example: "  skuld --as bank pledge release n…", done: "The pledge is released.", body: emptyBody,
	}))
}

func (a *app) mandateCommand() *cobra.Command {
	return group("mandate", "End a mandate to collect", a.onNote(noteCommand{
		use: "end NOTE", short: "End the mandate to collect a note", op: ledger.OpMandateEnd,
		example: "  skuld mandate end n…", done: "The mandate is ended.", body: emptyBody,
	}))
}
