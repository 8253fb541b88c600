package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

func (a *app) bookCommand() *cobra.Command {
	return group("book", "Open books and put notes in them", a.bookOpen(), a.bookList(), a.bookShow(), a.bookMove())
}

func (a *app) bookOpen() *cobra.Command {
	var asDefault bool
	c := &cobra.Command{
		Use: "open", Short: "Open a book to hold notes in",
		Long: `Open a book: a set of notes that are held together. The profile's first book is
where its notes go unless another is named.`,
		Example: "  skuld book open\n  skuld book open --default",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			receipt, err := a.openBook(cmd, s, asDefault)
			if err != nil {
				return err
			}
			return a.done(receipt, "The book is open.")
		},
	}
	c.Flags().BoolVar(&asDefault, "default", false, "make it the book that notes go to, also where there is one already")
	return c
}

func (a *app) openBook(cmd *cobra.Command, s *session, asDefault bool) (client.Receipt, error) {
	receipt, err := a.send(cmd.Context(), s, client.Draft{Op: ledger.OpBookOpen, Body: ledger.EmptyBody{}})
	if err != nil {
		return receipt, err
	}
	if s.profile.Book == "" || asDefault {
		s.profile.Book = ledger.BookID(receipt.Result.Subject.ID)
		return receipt, s.profile.Save()
	}
	return receipt, nil
}

func (a *app) bookList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List one's own books", Args: exactly(), Example: "  skuld --as lender book list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			var books []*ledger.Book
			for b, err := range s.Books(cmd.Context()) {
				if err != nil {
					return err
				}
				books = append(books, b)
			}
			return a.print(map[string]any{"books": listed(books)}, func(w io.Writer) {
				t := newTable("BOOK", "DEFAULT")
				for _, b := range books {
					t.row(string(b.ID), mark(b.ID == s.profile.Book))
				}
				t.write(w, "no books; open one with skuld book open")
			})
		},
	}
}

func (a *app) bookShow() *cobra.Command {
	return &cobra.Command{
		Use: "show BOOK", Short: "Show who holds a book", Args: exactly("a book's id"), Example: "  skuld book show b…",
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseBookID(args[0])
			if err != nil {
				return usage(cmd, "%v", err)
			}
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			b, err := s.Book(cmd.Context(), id)
			if err != nil {
				return err
			}
			return a.print(b, func(w io.Writer) {
				f := newFacts()
				f.add("Book", string(b.ID))
				f.add("Holder", string(b.Holder))
				f.write(w)
			})
		},
	}
}

func (a *app) bookMove() *cobra.Command {
	var to string
	c := a.onNote(noteCommand{
		use: "move NOTE", short: "Put a note into another of one's own books", op: ledger.OpBookMove,
		example: "  skuld book move n… --to b…", done: "The note is in the other book.",
		body: func(cmd *cobra.Command, _ *client.Note) (any, error) {
			id, err := parseBookID(to)
			return ledger.BookMoveBody{Book: id}, err
		},
	})
	c.Flags().StringVar(&to, "to", "", "the book that the note goes to (required)")
	return c
}
