package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"rsc.io/qr"
)

func (a *app) linkCommand() *cobra.Command {
	var registrar string
	c := &cobra.Command{
		Use: "link NOTE", Short: "Show the address of a note's page for everybody",
		Long: `Show the address of the page on which anybody who has it sees whether a note is
genuine, who holds it and whom to call. It belongs into every letter about the
note. The page says nothing of who owes what.`,
		Example: "  skuld --as lender link n…",
		Args:    exactly("NOTE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := parseNoteID(args[0])
			if err != nil {
				return usage(cmd, "%v", err)
			}
			s, err := a.connectRegistrar(cmd.Context(), registrar)
			if err != nil {
				return err
			}
			l, err := s.Link(cmd.Context(), id)
			if err != nil {
				return err
			}
			return a.print(l, func(w io.Writer) {
				f := newFacts()
				f.add("Note", string(l.Note))
				f.add("Code", l.Code)
				f.add("Link", l.Link)
				f.write(w)
				a.writeQR(w, l.Link)
			})
		},
	}
	return atRegistrar(&registrar, c)[0]
}

// quietZone is the empty margin that a QR code needs (ISO/IEC 18004 par. 5.3.8), in
// its squares; half of it does on a screen that is empty around it.
const quietZone = 2

// writeQR shows an address as a QR code, black on white whatever the terminal's
// colours, two rows of squares in a line. In a file it would be of no use.
func (a *app) writeQR(w io.Writer, address string) {
	if !a.outTerminal || address == "" {
		return
	}
	code, err := qr.Encode(address, qr.L)
	if err != nil {
		return // too long for one; the address itself is there
	}
	const half, none, blackOnWhite, reset = '▀', ' ', "\x1b[30;107m", "\x1b[0m"
	for y := -quietZone; y < code.Size+quietZone; y += 2 {
		var line strings.Builder
		for x := -quietZone; x < code.Size+quietZone; x++ {
			switch top, bottom := code.Black(x, y), code.Black(x, y+1); {
			case top && bottom:
				line.WriteRune('█')
			case top:
				line.WriteRune(half)
			case bottom:
				line.WriteRune('▄')
			default:
				line.WriteRune(none)
			}
		}
		fmt.Fprintln(w, blackOnWhite+line.String()+reset)
	}
}
