package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
)

func (a *app) callbackCommand() *cobra.Command {
	var registrar string
	return group("callback", "Call those who asked for it on a note's page",
		atRegistrar(&registrar, a.callbackList(&registrar), a.callbackTake(&registrar), a.callbackDone(&registrar))...)
}

func (a *app) callbackList(registrar *string) *cobra.Command {
	var all bool
	var limit int
	c := &cobra.Command{
		Use: "list", Short: "List who asked to be called", Args: exactly(), Example: "  skuld --as collector callback list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.connectRegistrar(cmd.Context(), *registrar)
			if err != nil {
				return err
			}
			var found []*client.Callback
			for c, err := range s.Callbacks(cmd.Context(), !all, limit) {
				if err != nil {
					return err
				}
				found = append(found, c)
			}
			return a.print(map[string]any{"callbacks": listed(found)}, func(w io.Writer) {
				t := newTable("CALL", "STATE", "NUMBER", "WHEN", "LANGUAGE", "ASKED", "NOTE", "ABOUT")
				for _, c := range found {
					t.row(c.ID, string(c.State), c.Number, c.When, string(c.Language), c.Created.Format(time.RFC3339), string(c.Note), c.Words)
				}
				t.write(w, "nobody waits to be called")
			})
		},
	}
	c.Flags().BoolVar(&all, "all", false, "also those who were called")
	c.Flags().IntVar(&limit, "limit", 50, "most calls to list, 0 for all")
	return c
}

func (a *app) callbackTake(registrar *string) *cobra.Command {
	var name, by string
	c := &cobra.Command{
		Use: "take CALL", Short: "Say that one will call, so that the person is told who and when", Args: exactly("CALL"),
		Example: `  skuld --as collector callback take 3f0c… --name "Karin Holm" --by 2026-11-23T10:30:00+01:00`,
		RunE: func(cmd *cobra.Command, args []string) error {
			var promised time.Time
			if by != "" {
				var err error
				if promised, err = time.Parse(time.RFC3339, by); err != nil {
					return usage(cmd, "--by must be a time such as 2026-11-23T10:30:00+01:00")
				}
			}
			s, err := a.connectRegistrar(cmd.Context(), *registrar)
			if err != nil {
				return err
			}
			c, err := s.TakeCallback(cmd.Context(), args[0], name, promised)
			if err != nil {
				return err
			}
			note, err := s.Link(cmd.Context(), c.Note)
			if err != nil {
				return fmt.Errorf("the call is yours, but the note's code is not known: %w", err)
			}
			// The page that takes the wish tells the person to expect both.
			start, _, _ := strings.Cut(note.Code, "-")
			return a.print(c, func(w io.Writer) {
				writeCallback(w, "The call is yours.", c)
				fmt.Fprintf(w, "Say your name and %s, the start of the note's code, by which the person knows you.\n", start)
			})
		},
	}
	c.Flags().StringVar(&name, "name", "", "who will call")
	c.Flags().StringVar(&by, "by", "", "by when the person is told to be called")
	return c
}

func (a *app) callbackDone(registrar *string) *cobra.Command {
	var outcome string
	c := &cobra.Command{
		Use: "done CALL --outcome TEXT", Short: "Say that the call was made, and what came of it", Args: exactly("CALL"),
		Example: `  skuld --as collector callback done 3f0c… --outcome "Pays on the 25th"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if outcome == "" {
				return usage(cmd, "--outcome is required: what came of the call")
			}
			s, err := a.connectRegistrar(cmd.Context(), *registrar)
			if err != nil {
				return err
			}
			c, err := s.CompleteCallback(cmd.Context(), args[0], outcome)
			if err != nil {
				return err
			}
			return a.print(c, func(w io.Writer) { writeCallback(w, "The call is made.", c) })
		},
	}
	c.Flags().StringVar(&outcome, "outcome", "", "what came of it (required)")
	return c
}

func writeCallback(w io.Writer, says string, c *client.Callback) {
	fmt.Fprintln(w, says)
	f := newFacts()
	f.add("Call", c.ID)
	f.add("Note", string(c.Note))
	f.add("Number", c.Number)
	f.add("When", c.When)
	f.add("Language", string(c.Language))
	f.add("About", c.Words)
	f.add("Who calls", c.TakenName)
	if !c.Promised.IsZero() {
		f.add("By", c.Promised.Format(time.RFC3339))
	}
	f.add("Outcome", c.Outcome)
	f.write(w)
}
