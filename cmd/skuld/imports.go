package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
)

// tapeList lists the imports that the gateway has of the profile's party.
func (a *app) tapeList() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the imports, the newest first",
		Example: "  skuld tape list\n  skuld --as lender tape list --json", Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			all, err := s.Imports(cmd.Context())
			if err != nil {
				return err
			}
			return a.print(all, func(w io.Writer) {
				t := newTable("IMPORT", "STATE", "ROWS", "OFFERED", "REJECTED", "OPENED", "FILE")
				for _, i := range all {
					t.row(i.ID, string(i.State), fmt.Sprint(i.Rows), fmt.Sprint(i.Offered), fmt.Sprint(i.Rejected), i.Created.Format(time.DateTime), i.Name)
				}
				t.write(w, "There are no imports.")
			})
		},
	}
}

func (a *app) tapePause() *cobra.Command {
	return a.tapeChange("pause", "Have the gateway offer no more rows for a while", (*client.Client).PauseImport)
}

func (a *app) tapeResume() *cobra.Command {
	return a.tapeChange("resume", "Have the gateway go on with an import", (*client.Client).ResumeImport)
}

func (a *app) tapeCancel() *cobra.Command {
	return a.tapeChange("cancel", "Drop the rows that are not offered yet", (*client.Client).CancelImport)
}

// tapeChange changes the state of an import.
func (a *app) tapeChange(use, short string, change func(*client.Client, context.Context, string) (*client.Import, error)) *cobra.Command {
	return &cobra.Command{
		Use: use + " IMPORT", Short: short, Example: "  skuld tape " + use + " 8e03978e-40d5-43dd-bc93-6894a57f9324", Args: exactly("an import"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			i, err := change(s.Client, cmd.Context(), args[0])
			if err != nil {
				return err
			}
			return a.print(i, func(w io.Writer) {
				fmt.Fprintf(w, "The import is %s: of %d rows %d are offered and %d rejected.\n", i.State, i.Rows, i.Offered, i.Rejected)
			})
		},
	}
}
