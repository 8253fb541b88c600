package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

func writeNotes(w io.Writer, notes []*client.Note) {
	t := newTable("NOTE", "STATUS", "PRINCIPAL LEFT", "RATE", "AGREED ON", "REFERENCE", "ROLES")
	for _, n := range notes {
		if n.Note == nil {
			t.row(string(n.ID), string(n.Record.Status), "", "", "", "", rolesText(n.Roles))
			continue
		}
		terms := &n.Note.Terms
		left := finance.Money{Amount: n.Note.Balance.Principal, Currency: terms.Principal.Currency}
		t.row(string(n.ID), string(n.Note.Status), left.String(), terms.Rate.String()+" %", terms.AgreedOn.String(), terms.Reference, rolesText(n.Roles))
	}
	t.write(w, "no notes")
}

func rolesText(roles []ledger.Role) string {
	text := ""
	for i, r := range roles {
		if i > 0 {
			text += ", "
		}
		text += string(r)
	}
	return text
}

func writeNote(w io.Writer, n *client.Note) {
	f := newFacts()
	f.add("Note", string(n.ID))
	if n.Note == nil {
		f.add("Status", string(n.Record.Status))
		f.add("Commands", fmt.Sprint(n.Seq))
		f.write(w)
		return
	}
	f.add("Status", string(n.Note.Status))
	addParties(f, n)
	addTerms(f, &n.Note.Terms)
	addState(f, n.Note)
	if n.Summary != nil {
		addSummary(f, n.Summary)
	}
	f.write(w)
	writePayments(w, n.Note)
}

func addParties(f *facts, n *client.Note) {
	f.add("Your roles", rolesText(n.Roles))
	f.add("Lender", string(n.Note.Lender))
	f.add("Holder", string(n.Holder))
	f.add("Book", string(n.Note.Book))
	for _, b := range n.Note.Borrowers {
		signed := "not signed yet"
		if !b.AcceptedAt.IsZero() {
			signed = "signed " + b.AcceptedAt.Format(time.RFC3339)
		}
		f.add("Borrower", string(b.Party)+" "+signed)
	}
	if n.Note.Status == ledger.StatusOffered {
		f.add("Answer by", n.Note.AnswerBy.Format(time.RFC3339))
	}
}

func addTerms(f *facts, t *ledger.Terms) {
	f.add("Kind", string(t.Kind))
	f.add("Law", string(t.Jurisdiction)+consumerText(t))
	f.add("Reference", t.Reference)
	f.add("Agreed on", t.AgreedOn.String())
	f.add("Principal", t.Principal.String())
	f.add("Rate", t.Rate.String()+" % a year, "+string(t.DayCount)+", from "+t.InterestFrom.String())
	schedule := string(t.Schedule.Kind)
	if t.Schedule.Instalments > 0 {
		schedule += fmt.Sprintf(", %d months, first due %s", t.Schedule.Instalments, t.Schedule.FirstDue)
	}
	f.add("Schedule", schedule)
}

func consumerText(t *ledger.Terms) string {
	if t.Consumer {
		return ", consumer credit"
	}
	return ""
}

// addState adds what has happened to the note and still holds.
func addState(f *facts, n *ledger.Note) {
	if p := n.Pending; p != nil {
		f.add("Offered transfer", fmt.Sprintf("%s to %s, transfer %s", p.Kind, p.To, p.ID))
	}
	if n.Pledge != nil {
		f.add("Pledged to", fmt.Sprintf("%s since %s", n.Pledge.Pledgee, n.Pledge.Since))
	}
	if n.Mandate != nil {
		f.add("Collected by", fmt.Sprintf("%s since %s", n.Mandate.Servicer, n.Mandate.Since))
	}
	for _, e := range n.Endorsements {
		told := "the borrower not told yet"
		if !e.NoticeOn.IsZero() {
			told = "the borrower told on " + e.NoticeOn.String()
		}
		f.add("Sold", fmt.Sprintf("on %s from %s to %s, %s", e.On, e.From, e.To, told))
	}
	for _, s := range n.Settlements {
		owed := finance.Money{Amount: s.Amount, Currency: n.Terms.Principal.Currency}
		f.add("To settle", fmt.Sprintf("%s owes %s %s for payments it received", s.From, s.To, owed))
	}
	addAgreements(f, n)
	for _, d := range n.Disputes {
		f.add("Dispute "+fmt.Sprint(d.Seq), fmt.Sprintf("since %s: %s", d.On, d.Text))
		f.add("  answered", d.Answer)
	}
	addClaiming(f, n)
	addReliefs(f, n)
	if n.Freeze != nil {
		f.add("Frozen by", fmt.Sprintf("%s since %s: %s", n.Freeze.Authority, n.Freeze.On, n.Freeze.Ground))
	}
}

// addAgreements adds what the two sides say of payments and of how the rest is paid.
func addAgreements(f *facts, n *ledger.Note) {
	for _, c := range n.Claims {
		paid := finance.Money{Amount: c.Amount, Currency: n.Terms.Principal.Currency}
		f.add("Claim "+fmt.Sprint(c.Seq), fmt.Sprintf("%s paid on %s, to be answered by %s: %s", paid, c.PaidOn, c.AnswerBy, c.Text))
	}
	if p := n.Proposal; p != nil {
		f.add("Proposal "+fmt.Sprint(p.Seq), fmt.Sprintf("%s by %s on %s", amendmentText(p.Amendment), p.By, p.On))
	}
	if last := len(n.Amendments) - 1; last >= 0 {
		p := &n.Amendments[last]
		m := ledger.Amendment{Kind: p.Kind, Instalments: p.Instalments, FirstDue: p.FirstDue, Rate: p.Rate, Free: p.Free}
		f.add("In force since "+p.On.String(), amendmentText(m))
	}
}

func amendmentText(m ledger.Amendment) string {
	text := string(m.Kind)
	if m.Instalments > 0 {
		text += fmt.Sprintf(", %d months", m.Instalments)
	}
	if !m.FirstDue.IsZero() {
		text += ", first due " + m.FirstDue.String()
	}
	if m.Rate != (finance.Rate{}) {
		text += ", " + m.Rate.String() + " % a year"
	}
	if m.Free {
		text += ", free of interest and fees"
	}
	return text
}

// addClaiming adds when all of the debt falls due, and what interrupted limitation.
func addClaiming(f *facts, n *ledger.Note) {
	if a := n.Acceleration; a != nil {
		text := fmt.Sprintf("on %s, told on %s", a.Effective, a.DeliveredOn)
		if !a.Cured.IsZero() {
			text += fmt.Sprintf("; ended on %s by entry %d", a.Cured, a.CuredBy)
		}
		f.add("All falls due "+fmt.Sprint(a.Seq), text)
	}
	for _, i := range n.Interruptions {
		f.add("Interrupted by "+string(i.Kind), fmt.Sprintf("on %s, entry %d of %d", i.On, i.Seq, i.Count))
	}
}

func addSummary(f *facts, s *ledger.Summary) {
	money := func(a finance.Amount) string { return finance.Money{Amount: a, Currency: s.Total.Currency}.String() }
	f.add("Counted on", s.AsOf.String())
	f.add("Owed in all", s.Total.String())
	f.add("  principal", money(s.Owed.Principal))
	f.add("  interest", money(s.Owed.Interest))
	f.add("  late interest", money(s.Owed.LateInterest))
	f.add("  costs", money(s.Owed.Costs))
	if s.Next != nil {
		amount := money(s.NextLeft)
		if s.NextLeft != s.Next.Total {
			amount += " of " + money(s.Next.Total)
		}
		f.add("Next instalment", fmt.Sprintf("%s by %s (number %d)", amount, s.Next.PayBy, s.Next.Number))
	}
	if s.Cure != nil {
		f.add("Keeps the instalments", fmt.Sprintf("%s by %s", money(s.Cure.Amount), s.Cure.By))
	}
	for _, w := range s.Awaited {
		f.add("Answer by", fmt.Sprintf("%s, %s %d", w.AnswerBy, w.Kind, w.Seq))
	}
	for _, m := range s.Missing {
		f.add("Not counted", m.Error())
	}
	f.add("Payment may be demanded", yesNo(s.Collectable))
	for _, r := range s.Reasons {
		f.add("Reason", strings.ReplaceAll(string(r), "_", " "))
	}
	f.add("Free of debt", s.FreeOfDebt.String())
	f.add("Barred after", s.BarredAfter.String())
	for _, c := range s.Controllers {
		f.add("Controlled by", string(c))
	}
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func writePayments(w io.Writer, n *ledger.Note) {
	if len(n.Payments) == 0 {
		return
	}
	fmt.Fprintln(w)
	currency := n.Terms.Principal.Currency
	money := func(a finance.Amount) string { return finance.Money{Amount: a, Currency: currency}.String() }
	t := newTable("PAYMENT", "ON", "AMOUNT", "PRINCIPAL", "INTEREST", "LATE", "COSTS", "REVERSED")
	for _, p := range n.Payments {
		t.row(fmt.Sprint(p.Seq), p.On.String(), money(p.Amount), money(p.Parts.Principal), money(p.Parts.Interest),
			money(p.Parts.LateInterest), money(p.Parts.Costs), mark(p.Reversed))
	}
	t.write(w, "")
}

// writeHistory reads each command from its own signed bytes.
func writeHistory(w io.Writer, entries []client.Entry) error {
	t := newTable("SEQ", "AT", "OPERATION", "BY", "TRANSACTION")
	for i := range entries {
		e := &entries[i]
		_, command, err := e.Opened()
		if err != nil {
			return err
		}
		t.row(fmt.Sprint(e.Seq), e.At.Format(time.RFC3339), string(command.Op), string(command.By), e.Transaction)
	}
	t.write(w, "no commands")
	return nil
}
