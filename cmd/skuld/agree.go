package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

func (a *app) payClaim() *cobra.Command {
	var amount, on, text, reference string
	var setOff bool
	c := a.onNote(noteCommand{
		use: "claim NOTE", short: "As a borrower: say that a payment does not stand on the note", op: ledger.OpPayClaim,
		example: `  skuld --as borrower pay claim n… --amount "500 SEK" --paid-on 2026-11-20 --text "Paid at the counter"`,
		done:    "The claim is written on the note.",
		body: func(*cobra.Command, *client.Note) (any, error) {
			m, err := parseMoney("amount", amount)
			if err != nil {
				return nil, err
			}
			day, err := parseDate("paid-on", on, a.now())
			return ledger.PayClaimBody{Amount: m, PaidOn: day, Text: text, Reference: reference, SetOff: setOff}, err
		},
	})
	f := c.Flags()
	f.StringVar(&amount, "amount", "", `what was paid, like "500 SEK" (required)`)
	f.StringVar(&on, "paid-on", todayWord, "day on which it was paid")
	f.StringVar(&text, "text", "", "what happened, in one's own words (required)")
	f.StringVar(&reference, "reference", "", "of the bank's entry")
	f.BoolVar(&setOff, "set-off", false, "nothing was paid: set off what the other side owes one")
	return c
}

func (a *app) payDeny() *cobra.Command {
	var claim uint64
	var text string
	c := a.onNote(noteCommand{
		use: "deny NOTE", short: "Say that a claimed payment was not received; it becomes a dispute", op: ledger.OpPayDeny,
		example: `  skuld pay deny n… --text "Nothing with that amount has come since 20 October."`, done: "The claim is denied.",
		warn: "The claim becomes a dispute: nothing may be demanded until it is resolved.",
		body: func(_ *cobra.Command, n *client.Note) (any, error) {
			seq, err := theClaim(claim, n)
			return ledger.PayDenyBody{Claim: seq, Text: text}, err
		},
	})
	c.Flags().Uint64Var(&claim, "claim", 0, "number of the claim (default the only open one)")
	c.Flags().StringVar(&text, "text", "", "the answer in words (required)")
	return c
}

// theClaim gives the claim that was named, or the only one that is open.
func theClaim(named uint64, n *client.Note) (uint64, error) {
	if named > 0 {
		return named, nil
	}
	if n.Note == nil || len(n.Note.Claims) != 1 {
		return 0, errors.New("--claim is required unless exactly one claim is open; see skuld note show")
	}
	return n.Note.Claims[0].Seq, nil
}

func (a *app) amendCommand() *cobra.Command {
	return group("amend", "Agree on a plan, a pause, another rate or another time", a.amendPropose(), a.amendAccept(),
		a.amendEnd("reject", "Say no to a proposal", "The proposal is rejected.", ledger.OpAmendReject),
		a.amendEnd("withdraw", "Take one's own proposal back", "The proposal is withdrawn.", ledger.OpAmendWithdraw))
}

func (a *app) amendPropose() *cobra.Command {
	var months, dueDay int
	var kind, firstDue, rate, text string
	var free bool
	c := a.onNote(noteCommand{
		use: "propose NOTE", short: "Propose a plan, a pause, another rate or another time", op: ledger.OpAmendPropose,
		long: `Propose how the rest of the debt is paid: a plan of so many equal --months from
--first-due; a pause until --first-due, and then as many months as are left; or
another --rate, with the instalments on their days. With --kind term the months
are an ordinary extension, of which the law allows a consumer one unless it is
--free. It is in force once every borrower and the creditor's side have agreed.`,
		example: `  skuld amend propose n… --months 36 --first-due 2026-12-31 --due-day 31
  skuld --as borrower amend propose n… --first-due 2027-03-31 --text "Out of work until March"
  skuld amend propose n… --rate 4.5
  skuld amend propose n… --kind term --months 48 --first-due 2026-12-31 --free`,
		done: "The proposal is written on the note.",
		body: func(*cobra.Command, *client.Note) (any, error) {
			m := ledger.Amendment{Kind: ledger.AmendmentKind(kind), Instalments: months, DueDay: dueDay, Free: free}
			var err error
			if rate != "" {
				if m.Rate, err = parseRate("rate", rate); err != nil {
					return nil, err
				}
			}
			if m.Kind == "" {
				m.Kind = kindOf(months, firstDue)
			}
			if m.Kind != ledger.AmendRate || firstDue != "" {
				m.FirstDue, err = parseDate("first-due", firstDue, a.now())
			}
			return ledger.AmendProposeBody{Amendment: m, Text: text}, err
		},
	})
	f := c.Flags()
	f.StringVar(&kind, "kind", "", "plan, pause, rate or term (default what the other flags mean)")
	f.IntVar(&months, "months", 0, "how many instalments, of a plan or a term")
	f.StringVar(&firstDue, "first-due", "", "day on which the first of them falls due; none for another rate")
	f.StringVar(&rate, "rate", "", "yearly rate from then on in percent, like 4.5")
	f.BoolVar(&free, "free", false, "no interest and no fees from then on")
	f.IntVar(&dueDay, "due-day", 0, "wanted day of the month, where that of --first-due is too short to have it")
	f.StringVar(&text, "text", "", "why, in one's own words")
	return c
}

// kindOf gives the kind of amendment that flags mean.
func kindOf(months int, firstDue string) ledger.AmendmentKind {
	switch {
	case months > 0:
		return ledger.AmendPlan
	case firstDue != "":
		return ledger.AmendPause
	}
	return ledger.AmendRate
}

func (a *app) amendAccept() *cobra.Command {
	return a.onNote(noteCommand{
		use: "accept NOTE", short: "Agree to the open proposal", op: ledger.OpAmendAccept,
		example: "  skuld amend accept n…", done: "The proposal is accepted.",
		body: func(_ *cobra.Command, n *client.Note) (any, error) {
			p, err := theProposal(n)
			if err != nil {
				return nil, err
			}
			return ledger.AmendAcceptBody{Proposal: p.Seq, Amendment: p.Amendment}, nil
		},
	})
}

func (a *app) amendEnd(verb, short, done string, op ledger.Op) *cobra.Command {
	var text string
	c := a.onNote(noteCommand{
		use: verb + " NOTE", short: short, op: op, example: fmt.Sprintf(`  skuld amend %s n… --text "Let us talk"`, verb), done: done,
		body: func(_ *cobra.Command, n *client.Note) (any, error) {
			p, err := theProposal(n)
			if err != nil {
				return nil, err
			}
			return ledger.AmendEndBody{Proposal: p.Seq, Text: text}, nil
		},
	})
	c.Flags().StringVar(&text, "text", "", "why, in words")
	return c
}

func theProposal(n *client.Note) (*ledger.Proposal, error) {
	if n.Note == nil || n.Note.Proposal == nil {
		return nil, errors.New("there is no open proposal; see skuld note show")
	}
	return n.Note.Proposal, nil
}
