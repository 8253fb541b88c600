package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func (a *app) noteCommand() *cobra.Command {
	return group("note", "Offer, accept and look at notes", a.noteOffer(), a.noteAccept(), a.noteDecline(), a.noteWithdraw(),
		a.noteExpire(), a.noteErase(), a.noteList(), a.noteShow(), a.noteHistory(), a.noteEvidence())
}

// noteCommand describes a command line that does one thing to one note.
type noteCommand struct {
	use, short, long, example string
	op                        ledger.Op
	done                      string // what has happened, in a sentence
	// body makes the command's body. What it complains of is the command line.
	body func(*cobra.Command, *client.Note) (any, error)
	// warn says what cannot be undone; nothing is asked where it is empty.
	warn string
}

// onNote makes the command line. The note is read first, for its next number;
// if something happens to it in between, the command is refused and not applied
// to a state that its signer has not seen.
func (a *app) onNote(n noteCommand) *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use: n.use, Short: n.short, Long: n.long, Example: n.example, Args: exactly("a note's id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseNoteID(args[0])
			if err != nil {
				return usage(cmd, "%v", err)
			}
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			note, err := s.Note(cmd.Context(), id, finance.Date{})
			if err != nil {
				return err
			}
			body, err := n.body(cmd, note)
			if err != nil {
				return usage(cmd, "%v", err)
			}
			if n.warn != "" {
				if err := a.confirm(cmd, yes, n.warn); err != nil {
					return err
				}
			}
			receipt, err := a.send(cmd.Context(), s, client.Draft{Op: n.op, Subject: string(id), Seq: note.Seq + 1, Body: body})
			if err != nil {
				return err
			}
			return a.done(receipt, n.done)
		},
	}
	if n.warn != "" {
		c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	}
	return c
}

func (a *app) noteDecline() *cobra.Command {
	return a.withReason(noteCommand{
		use: "decline NOTE", short: "Say no to a note that is offered to one", op: ledger.OpDecline,
		example: "  skuld --as borrower note decline n…", done: "The offer is declined; there is no debt.",
	})
}

func (a *app) noteWithdraw() *cobra.Command {
	return a.withReason(noteCommand{
		use: "withdraw NOTE", short: "Take an offered note back", op: ledger.OpWithdraw,
		example: "  skuld --as lender note withdraw n…", done: "The offer is withdrawn; there is no debt.",
	})
}

// withReason makes a command line for an operation that may say why.
func (a *app) withReason(n noteCommand) *cobra.Command {
	var reason string
	n.body = func(*cobra.Command, *client.Note) (any, error) { return ledger.ReasonBody{Reason: reason}, nil }
	c := a.onNote(n)
	c.Flags().StringVar(&reason, "reason", "", "why")
	return c
}

func (a *app) noteExpire() *cobra.Command {
	return a.onNote(noteCommand{
		use: "expire NOTE", short: "State that the time of an offer is over", op: ledger.OpExpire,
		example: "  skuld note expire n…", done: "The offer has ended; there is no debt.", body: emptyBody,
	})
}

func (a *app) noteErase() *cobra.Command {
	return a.onNote(noteCommand{
		use: "erase NOTE", short: "Erase a note after its time", op: ledger.OpErase,
		warn:    "Nobody can see the note after this, and nor can you. Keep its evidence first.",
		example: "  skuld note erase --yes n…", done: "The note is erased. Nothing is left of it but that it was there.", body: emptyBody,
	})
}

func emptyBody(*cobra.Command, *client.Note) (any, error) { return ledger.EmptyBody{}, nil }

func (a *app) noteList() *cobra.Command {
	var q client.NoteQuery
	c := &cobra.Command{
		Use: "list", Short: "List the notes that one is something to, the latest first",
		Example: `  skuld note list
  skuld note list --status active --role holder --limit 0 --json`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			asked := q
			if q.Limit > 0 {
				asked.Limit++ // whether there are more
			}
			var notes []*client.Note
			for n, err := range s.Notes(cmd.Context(), asked) {
				if err != nil {
					return err
				}
				notes = append(notes, n)
			}
			more := q.Limit > 0 && len(notes) > q.Limit
			if more {
				notes = notes[:q.Limit]
			}
			err = a.print(map[string]any{"notes": listed(notes)}, func(w io.Writer) { writeNotes(w, notes) })
			if err == nil && more {
				a.say("There are more; --limit 0 shows all.")
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar((*string)(&q.Status), "status", "", "only notes with this status: offered, active, frozen, discharged or void")
	f.StringVar((*string)(&q.Role), "role", "", "only notes to which one is this: lender, holder, borrower, servicer, pledgee, recipient …")
	f.StringVar((*string)(&q.Book), "book", "", "only notes in this book")
	f.StringVar((*string)(&q.Holder), "holder", "", "only notes of this holder")
	f.StringVar((*string)(&q.Borrower), "borrower", "", "only notes of this borrower")
	f.IntVar(&q.Limit, "limit", 50, "how many at most; 0 for all")
	return c
}

func (a *app) noteShow() *cobra.Command {
	var asOf string
	c := &cobra.Command{
		Use: "show NOTE", Short: "Show a note, and what is owed on a day",
		Example: "  skuld note show n…\n  skuld note show n… --as-of 2027-01-31",
		Args:    exactly("a note's id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseNoteID(args[0])
			if err != nil {
				return usage(cmd, "%v", err)
			}
			day, err := parseDate("as-of", asOf, a.now())
			if err != nil {
				return usage(cmd, "%v", err)
			}
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			n, err := s.Note(cmd.Context(), id, day)
			if err != nil {
				return err
			}
			return a.print(n, func(w io.Writer) { writeNote(w, n) })
		},
	}
	c.Flags().StringVar(&asOf, "as-of", "", "the day on which to count, like 2027-01-31 (default today)")
	return c
}

// maxHistory bounds a history that is shown; no note comes near it.
const maxHistory = 10_000

func (a *app) noteHistory() *cobra.Command {
	return &cobra.Command{
		Use: "history NOTE", Short: "Show the signed commands of a note, from the first", Args: exactly("a note's id"),
		Example: "  skuld note history n…\n  skuld note history n… --json",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseNoteID(args[0])
			if err != nil {
				return usage(cmd, "%v", err)
			}
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			var all []client.Entry
			for from := uint64(1); from != 0 && len(all) < maxHistory; {
				var page []client.Entry
				if page, from, err = s.History(cmd.Context(), id, from, ledger.MaxRead); err != nil {
					return err
				}
				all = append(all, page...)
			}
			var written error
			err = a.print(map[string]any{"entries": listed(all)}, func(w io.Writer) { written = writeHistory(w, all) })
			if err != nil {
				return err
			}
			return written
		},
	}
}
