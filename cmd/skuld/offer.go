package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// defaultAnswerTime is how long a borrower has to answer where nothing is said.
const defaultAnswerTime = 30 * 24 * time.Hour

// offerFlags are the terms as they stand on the command line.
type offerFlags struct {
	book, kind, jurisdiction, amount, rate, lateRate, dayCount, schedule string
	agreedOn, interestFrom, firstDue, setup, reminder, reference, payee  string
	borrowers, names                                                     []string
	term, dueDay                                                         int
	consumer, housing, creditPurchase, acceleration                      bool
	answerWithin                                                         time.Duration
}

func (a *app) noteOffer() *cobra.Command {
	var o offerFlags
	c := &cobra.Command{
		Use:   "offer",
		Short: "Write a note and offer it to its borrowers",
		Long: `Write a note and offer it to its borrowers. It is nothing until every borrower
has accepted it with a key of its own. Who offers is the lender.

The note names whom it binds: the lender as it is registered, and borrowers as
the invitations that they used or --name say.

The law's limits of the day of the agreement are checked; a rate that the
tables do not have yet is named, and nothing is guessed.`,
		Example: `  skuld note offer --borrower p… --name "Anna Berg" --amount "120000.00 SEK" --rate 5.9 --term 24 \
      --agreed-on 2026-06-15 --first-due 2026-12-31 --due-day 31 --consumer
  skuld note offer --borrower p… --borrower p… --amount "50000 EUR" --rate 4 --term 12 \
      --schedule straight_line --jurisdiction generic --kind simple`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			terms, err := o.terms(a.now())
			if err != nil {
				return usage(cmd, "%v", err)
			}
			borrowers, names, err := a.borrowers(cmd, o.borrowers, o.names)
			if err != nil {
				return err
			}
			s, err := a.connect(cmd.Context())
			if err != nil {
				return err
			}
			book, err := chooseBook(s, o.book)
			if err != nil {
				return usage(cmd, "%v", err)
			}
			payee, err := s.payee(cmd.Context(), o.payee)
			if err != nil {
				return err
			}
			receipt, err := a.send(cmd.Context(), s, client.Draft{Op: ledger.OpOffer, Body: ledger.OfferBody{
				Book: book, Borrowers: borrowers, Names: names, Payee: payee, Terms: terms,
				AnswerBy: a.now().UTC().Truncate(time.Second).Add(o.answerWithin),
			}})
			if err != nil {
				return err
			}
			return a.done(receipt, "The note is offered.")
		},
	}
	o.bind(c)
	return c
}

func (o *offerFlags) bind(c *cobra.Command) {
	f := c.Flags()
	f.StringArrayVar(&o.borrowers, "borrower", nil, "a borrower's party id, or the invitation that it has used; once for each, all liable for all (required)")
	f.StringArrayVar(&o.names, "name", nil, "the borrower's name as the note says it; once for each, in the order of --borrower (default the invitation's)")
	f.StringVar(&o.payee, "payee", "", "the lender's name as the note says it (default the registered one)")
	f.StringVar(&o.amount, "amount", "", `the principal, like "120000.00 SEK" (required)`)
	f.StringVar(&o.rate, "rate", "", "yearly rate in percent, like 5.9 (required)")
	f.IntVar(&o.term, "term", 0, "number of months; none for a loan on demand")
	f.StringVar(&o.schedule, "schedule", string(finance.Annuity), "annuity, straight_line, bullet or on_demand")
	f.StringVar(&o.firstDue, "first-due", "", "first due date (default a month after the agreement)")
	f.IntVar(&o.dueDay, "due-day", 0, "day of the month that is meant, 1 to 31, where the first month is too short for it")
	f.StringVar(&o.jurisdiction, "jurisdiction", string(finance.Sweden), "SE or generic")
	f.BoolVar(&o.consumer, "consumer", false, "the borrower is a consumer")
	f.BoolVar(&o.housing, "housing", false, "a housing credit, which the rate and fee caps except")
	f.BoolVar(&o.acceleration, "acceleration", false, "all may be demanded ahead of its time where so much is late as the law says")
	f.BoolVar(&o.creditPurchase, "credit-purchase", false, "the credit pays for goods or services of a seller")
	f.StringVar(&o.agreedOn, "agreed-on", todayWord, "day of the agreement, which decides the law's limits")
	f.StringVar(&o.interestFrom, "interest-from", "", "day that interest begins (default that of the agreement)")
	f.StringVar(&o.dayCount, "day-count", string(finance.Thirty360), "30E/360, actual/365 or actual/360")
	f.StringVar(&o.kind, "kind", string(ledger.Negotiable), "negotiable or simple")
	f.StringVar(&o.lateRate, "late-rate", "", "agreed rate of late interest (default the law's)")
	f.StringVar(&o.setup, "setup-fee", "", `agreed set-up fee, like "500 SEK"`)
	f.StringVar(&o.reminder, "reminder-fee", "", `agreed fee for a written reminder, like "60 SEK"`)
	f.StringVar(&o.reference, "reference", "", "one's own number of the loan")
	f.StringVar(&o.book, "book", "", "the book that the note is in (default the profile's)")
	f.DurationVar(&o.answerWithin, "answer-within", defaultAnswerTime, "how long the borrowers have to answer")
}

// borrowers gives the parties that a command line names, by their ids or by the
// invitations that they have used, and their names as the note says them: those that
// the command line has, or the invitations', or none where one is not known.
func (a *app) borrowers(cmd *cobra.Command, said, names []string) ([]ledger.PartyID, []string, error) {
	if len(said) == 0 {
		return nil, nil, usage(cmd, "--borrower is required")
	}
	if len(names) > 0 && len(names) != len(said) {
		return nil, nil, usage(cmd, "--name is given once for each --borrower, or not at all")
	}
	var ids []ledger.PartyID
	var known []string
	for _, text := range said {
		id, err := parsePartyID(text)
		if _, invited := uuid.Parse(text); err != nil && invited == nil {
			var i *client.Invitation
			if i, err = a.usedInvitation(cmd.Context(), text); err == nil {
				id, known = i.Party, append(known, i.Name)
			}
		}
		if err != nil {
			return nil, nil, usage(cmd, "--borrower: %v", err)
		}
		ids = append(ids, id)
	}
	if len(names) == 0 && len(known) == len(ids) {
		names = known
	}
	return ids, names, nil
}

// payee gives the lender's name as the note says it: the one that the command line
// has, or the registered one.
func (s *session) payee(ctx context.Context, said string) (string, error) {
	if said != "" {
		return said, nil
	}
	p, err := s.Party(ctx, s.profile.Party)
	if err != nil || p.Party == nil {
		return "", err
	}
	return p.Party.Name, nil
}

// usedInvitation asks the registrar who has used an invitation.
func (a *app) usedInvitation(ctx context.Context, id string) (*client.Invitation, error) {
	s, err := a.connectRegistrar(ctx, "")
	if err != nil {
		return nil, err
	}
	i, err := s.Invitation(ctx, id)
	if err != nil {
		return nil, err
	}
	if i.Party == "" {
		return nil, fmt.Errorf("nobody has used the invitation %s yet", id)
	}
	return i, nil
}

// terms reads the terms. Whether they can stand together is for the rules to say.
func (o *offerFlags) terms(now time.Time) (ledger.Terms, error) {
	t := ledger.Terms{
		Kind: ledger.NoteKind(o.kind), Consumer: o.consumer, Housing: o.housing, CreditPurchase: o.creditPurchase, Acceleration: o.acceleration,
		Jurisdiction: finance.Jurisdiction(o.jurisdiction), DayCount: finance.DayCount(o.dayCount), Reference: o.reference,
		Schedule: ledger.Schedule{Kind: finance.ScheduleKind(o.schedule), Instalments: o.term, DueDay: o.dueDay},
	}
	var err error
	if t.Principal, err = parseMoney("amount", o.amount); err != nil {
		return t, err
	}
	if t.Rate, err = parseRate("rate", o.rate); err != nil {
		return t, err
	}
	if o.lateRate != "" {
		late, err := parseRate("late-rate", o.lateRate)
		if err != nil {
			return t, err
		}
		t.LateRate = &late
	}
	if t.Fees.Setup, err = parseFee("setup-fee", o.setup, t.Principal.Currency); err != nil {
		return t, err
	}
	if t.Fees.Reminder, err = parseFee("reminder-fee", o.reminder, t.Principal.Currency); err != nil {
		return t, err
	}
	return t, o.dates(&t, now)
}

func (o *offerFlags) dates(t *ledger.Terms, now time.Time) error {
	var err error
	if t.AgreedOn, err = parseDate("agreed-on", o.agreedOn, now); err != nil {
		return err
	}
	if t.InterestFrom, err = parseDate("interest-from", o.interestFrom, now); err != nil {
		return err
	}
	if t.Schedule.FirstDue, err = parseDate("first-due", o.firstDue, now); err != nil {
		return err
	}
	if t.InterestFrom.IsZero() {
		t.InterestFrom = t.AgreedOn
	}
	if t.Schedule.FirstDue.IsZero() && t.Schedule.Kind != finance.OnDemand {
		t.Schedule.FirstDue = t.AgreedOn.AddMonths(1, t.Schedule.DueDay)
	}
	return nil
}

func chooseBook(s *session, text string) (ledger.BookID, error) {
	switch {
	case text != "":
		return parseBookID(text)
	case s.profile.Book == "":
		return "", errors.New("the profile has no book; open one with skuld book open, or name one with --book")
	}
	return s.profile.Book, nil
}

func (a *app) noteAccept() *cobra.Command {
	var yes bool
	c := &cobra.Command{
		Use:   "accept NOTE",
		Short: "Sign a note that is offered to one",
		Long: `Sign a note that is offered to one. With the last borrower's signature it is a
debt.

The offer is read as its lender signed it, and what is signed names those very
bytes: a gateway that shows other terms than the lender's cannot make you accept
them.`,
		Example: "  skuld --as borrower note accept n…",
		Args:    exactly("a note's id"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !yes && (!a.inTerminal || a.flags.json) {
				return usage(cmd, "nobody is asked here, and this signs a debt; --yes signs without a question")
			}
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
			offer, text, err := readOffer(cmd.Context(), s.Client, id, a.language())
			if err != nil {
				return err
			}
			a.say("%s", text)
			if err := a.confirm(cmd, yes, "You owe this once every borrower has signed."); err != nil {
				return err
			}
			receipt, err := a.send(cmd.Context(), s, client.Draft{
				Op: ledger.OpAccept, Subject: string(id), Seq: note.Seq + 1, Body: ledger.AcceptBody{Offer: offer},
			})
			if err != nil {
				return err
			}
			return a.done(receipt, "You have signed the note.")
		},
	}
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// readOffer reads the offer that created a note from the lender's own signed
// bytes, and gives their digest and what they say.
func readOffer(ctx context.Context, c *client.Client, id ledger.NoteID, lang ledger.Language) (ledger.Digest, string, error) {
	entries, _, err := c.History(ctx, id, 1, 1)
	if err != nil {
		return ledger.Digest{}, "", err
	}
	if len(entries) != 1 {
		return ledger.Digest{}, "", errors.New("reading the offer: the gateway gave none")
	}
	opened, command, err := entries[0].Opened()
	if err != nil {
		return ledger.Digest{}, "", err
	}
	if command.Subject() != id.Subject() || command.Op != ledger.OpOffer {
		return ledger.Digest{}, "", fmt.Errorf("reading the offer: the gateway gave another command than the offer of %s", id)
	}
	text, err := ledger.Describe(command, lang)
	if err != nil {
		return ledger.Digest{}, "", err
	}
	return ledger.PayloadDigest(opened.Payload), "The lender's offer:\n" + text, nil
}
