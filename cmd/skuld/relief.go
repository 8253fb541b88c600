package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func (a *app) chargeCommand() *cobra.Command {
	var kind, amount, on, letter string
	c := a.onNote(noteCommand{
		use: "charge NOTE", short: "Add a fee for collecting, as law and note allow", op: ledger.OpCharge,
		long: `Add a fee for collecting to what is owed: for a written reminder that was agreed,
a written demand, or an instalment plan (1981:739). Each comes once for what it
is for, and only while payment may be demanded and something is overdue.`,
		example: `  skuld charge n… --kind demand --amount "180 SEK" --letter demand.pdf`,
		done:    "The fee is added to what is owed.",
		body: func(*cobra.Command, *client.Note) (any, error) {
			m, err := parseMoney("amount", amount)
			if err != nil {
				return nil, err
			}
			b := ledger.ChargeBody{Kind: finance.ChargeKind(kind), Amount: m}
			if b.On, err = parseDate("on", on, a.now()); err != nil {
				return nil, err
			}
			if letter != "" {
				b.About, err = digestOf("letter", letter)
			}
			return b, err
		},
	})
	f := c.Flags()
	f.StringVar(&kind, "kind", "", "reminder, demand, plan or late_payment (required)")
	f.StringVar(&amount, "amount", "", `the fee, like "180 SEK" (required)`)
	f.StringVar(&on, "on", todayWord, "day of the reminder, the demand or the plan")
	f.StringVar(&letter, "letter", "", "file of the letter that was sent; its digest is written on the note")
	return c
}

func (a *app) reliefCommand() *cobra.Command {
	var part, amount, ground, reason, until string
	var charge uint64
	c := a.onNote(noteCommand{
		use: "relief NOTE", short: "Take a fee or interest off, by a human's decision", op: ledger.OpRelief,
		long: `Take a fee or interest off (1975:635 par. 8). Without --amount all that is owed of
the part is taken off, or of the fee that --charge names.`,
		example: `  skuld relief n… --part costs --charge 7 --ground error --reason "The letter never left us."
  skuld relief n… --part late_interest --ground hardship --reason "On sick leave." --late-free-until 2026-12-31`,
		done: "It is taken off.",
		warn: "What is taken off cannot be claimed again.",
		body: func(*cobra.Command, *client.Note) (any, error) {
			b := ledger.ReliefBody{Part: ledger.PartKind(part), Ground: ledger.ReliefGround(ground), Reason: reason, Charge: charge}
			if amount != "" {
				m, err := parseMoney("amount", amount)
				if err != nil {
					return nil, err
				}
				b.Amount = &m
			}
			var err error
			if until != "" {
				b.LateFreeUntil, err = parseDate("late-free-until", until, a.now())
			}
			return b, err
		},
	})
	f := c.Flags()
	f.StringVar(&part, "part", "", "costs, late_interest or interest (required)")
	f.StringVar(&amount, "amount", "", `what is taken off, like "60 SEK" (default all of it)`)
	f.StringVar(&ground, "ground", "", "hardship, error, goodwill or complaint (required)")
	f.StringVar(&reason, "reason", "", "why, in words (required)")
	f.Uint64Var(&charge, "charge", 0, "number of the fee that is taken off")
	f.StringVar(&until, "late-free-until", "", "last day on which no late interest runs; for hardship")
	return c
}

func (a *app) setoffCommand() *cobra.Command {
	var amount, on, ground string
	var claim uint64
	c := a.onNote(noteCommand{
		use: "setoff NOTE", short: "Write that what one owes the borrower was netted", op: ledger.OpSetoff,
		long: `Write on the note that a claim of the borrower's was set off against the debt
(1936:81 par. 18, 28). It is used as a payment would be.`,
		example: `  skuld setoff n… --amount "500 SEK" --ground "A deposit that was not returned"`,
		done:    "The set-off is written on the note.",
		body: func(*cobra.Command, *client.Note) (any, error) {
			m, err := parseMoney("amount", amount)
			if err != nil {
				return nil, err
			}
			day, err := parseDate("on", on, a.now())
			return ledger.SetoffBody{Amount: m, On: day, Ground: ground, Claim: claim}, err
		},
	})
	f := c.Flags()
	f.StringVar(&amount, "amount", "", `what is set off, like "500 SEK" (required)`)
	f.StringVar(&on, "on", todayWord, "day on which one side told the other")
	f.StringVar(&ground, "ground", "", "what the borrower's claim is (required)")
	f.Uint64Var(&claim, "claim", 0, "number of the claim by which the borrower declared it")
	return c
}

func (a *app) debtReliefCommand() *cobra.Command {
	var decision, opened, left string
	c := a.onNote(noteCommand{
		use: "debt-relief NOTE", short: "As an authority: relieve the borrower of debt", op: ledger.OpDebtRelief,
		long: `As an authority, write on the note that the borrower is relieved of debt (2016:675).
No interest runs from the day on which the case was opened, and the decision
holds against every holder.`,
		example: `  skuld --as authority debt-relief n… --decision "K 4711-26" --opened-on 2026-06-01 --left 40%
  skuld --as authority debt-relief n… --decision "K 4711-26" --opened-on 2026-06-01 --left "0 SEK"`,
		done: "The debt is reduced.",
		warn: "What is taken off cannot be claimed again.",
		body: func(*cobra.Command, *client.Note) (any, error) {
			b := ledger.DebtReliefBody{Decision: decision}
			var err error
			if b.OpenedOn, err = parseDate("opened-on", opened, a.now()); err != nil {
				return nil, err
			}
			return b, readLeft(left, &b)
		},
	})
	f := c.Flags()
	f.StringVar(&decision, "decision", "", "the decision's number (required)")
	f.StringVar(&opened, "opened-on", todayWord, "day on which the case was opened")
	f.StringVar(&left, "left", "", `what is left to pay: a percentage like 40%, or an amount like "2000 SEK" (required)`)
	return c
}

// addReliefs adds the fees, what was set off and what was taken off.
func addReliefs(f *facts, n *ledger.Note) {
	money := func(a finance.Amount) finance.Money {
		return finance.Money{Amount: a, Currency: n.Terms.Principal.Currency}
	}
	for _, c := range n.Charges {
		f.add("Fee "+fmt.Sprint(c.Seq), fmt.Sprintf("%s for the %s of %s, of which %s were taken off", money(c.Amount), c.Kind, c.On, money(c.Relieved)))
	}
	for _, p := range n.Payments {
		if p.SetOff != "" {
			f.add("Set off "+fmt.Sprint(p.Seq), fmt.Sprintf("%s on %s: %s", money(p.Amount), p.On, p.SetOff))
		}
	}
	for _, r := range n.Reliefs {
		f.add("Relief "+fmt.Sprint(r.Seq), fmt.Sprintf("%s of %s on %s, %s: %s", money(r.Amount), r.Part, r.On, r.Ground, r.Reason))
	}
	if n.LateFree != nil {
		f.add("No late interest", fmt.Sprintf("from %s until the end of %s", n.LateFree.From, n.LateFree.Until))
	}
	if d := n.DebtRelief; d != nil {
		f.add("Debt relief", fmt.Sprintf("%s by %s, opened on %s: %s left of %s", d.Decision, d.Authority, d.OpenedOn, money(d.Left), money(d.Owed)))
	}
}

// readLeft reads what is left to pay, a percentage or an amount.
func readLeft(text string, b *ledger.DebtReliefBody) error {
	if n := len(text) - 1; n > 0 && text[n] == '%' {
		percent, err := strconv.Atoi(text[:n])
		if err != nil {
			return errors.New("--left: the percentage must be a whole number")
		}
		b.LeftPercent = &percent
		return nil
	}
	m, err := parseMoney("left", text)
	b.LeftAmount = &m
	return err
}
