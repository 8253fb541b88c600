package ledger_test

import (
	"slices"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// situation is a state of a note that the rules may tell apart.
type situation struct {
	name    string
	prepare func(*stage) ledger.NoteID
}

// situations lists the statuses with their sub-states. A note in each is
// prepared by real commands, so none of them is out of reach.
func situations() []situation {
	of := func(name string, prepare func(*stage) ledger.NoteID) situation { return situation{name, prepare} }
	list := []situation{
		of("none", func(*stage) ledger.NoteID { return ledger.DeriveNoteID(network, "", "") }),
		of("offered", func(s *stage) ledger.NoteID { return s.offer(terms(), s.borrower) }),
		of("offered, half signed", func(s *stage) ledger.NoteID {
			id := s.offer(terms(), s.partner, s.borrower)
			s.accept(id, s.partner)
			return id
		}),
		of("offered, out of time", func(s *stage) ledger.NoteID {
			id := s.offer(terms(), s.borrower)
			s.after(15)
			return id
		}),
		of("active", (*stage).active),
		of("active, sale pending", func(s *stage) ledger.NoteID { return s.pending(ledger.Sale) }),
		of("active, pledge pending", func(s *stage) ledger.NoteID { return s.pending(ledger.PledgeTransfer) }),
		of("active, mandate pending", func(s *stage) ledger.NoteID { return s.pending(ledger.CollectionMandate) }),
		of("active, pledged", (*stage).pledged),
		of("active, pledged, mandate", func(s *stage) ledger.NoteID {
			id := s.pledged()
			s.mandate(id, s.bank, s.servicer)
			return id
		}),
		of("active, mandate", func(s *stage) ledger.NoteID {
			id := s.active()
			s.mandate(id, s.lender, s.servicer)
			return id
		}),
		of("active, sold, not notified", func(s *stage) ledger.NoteID {
			id := s.active()
			s.sell(id, s.lender, s.buyer)
			return id
		}),
		of("active, sold, notified", (*stage).sold),
		of("active, sold twice, notified once", func(s *stage) ledger.NoteID {
			id := s.sold()
			s.after(1)
			s.sell(id, s.buyer, s.second)
			return id
		}),
		of("active, sold back", func(s *stage) ledger.NoteID {
			id := s.sold()
			s.sell(id, s.buyer, s.lender)
			return id
		}),
		of("active, disputed", func(s *stage) ledger.NoteID { return s.disputed(s.active()) }),
		of("active, two borrowers, disputed", func(s *stage) ledger.NoteID {
			return s.disputed(s.issue(terms(), s.borrower, s.partner))
		}),
		of("active, part paid", func(s *stage) ledger.NoteID {
			id := s.active()
			s.pay(id, s.lender, 500_00)
			return id
		}),
		of("active, payment claimed", func(s *stage) ledger.NoteID { return s.claimed(s.active()) }),
		of("active, claim unanswered", func(s *stage) ledger.NoteID {
			id := s.claimed(s.active())
			s.after(ledger.ClaimDays + 1)
			return id
		}),
		of("active, claim denied", func(s *stage) ledger.NoteID {
			id := s.claimed(s.active())
			s.do(s.lender, ledger.OpPayDeny, string(id), ledger.PayDenyBody{Claim: s.note(id).Claims[0].Seq, Text: "Nothing came."})
			return id
		}),
		of("active, borrower proposes", func(s *stage) ledger.NoteID { return s.proposed(s.active(), s.borrower) }),
		of("active, holder proposes", func(s *stage) ledger.NoteID { return s.proposed(s.active(), s.lender) }),
		of("active, pledged, pledgee proposes", func(s *stage) ledger.NoteID { return s.proposed(s.pledged(), s.bank) }),
		of("active, mandate, servicer proposes", func(s *stage) ledger.NoteID {
			id := s.active()
			s.mandate(id, s.lender, s.servicer)
			return s.proposed(id, s.servicer)
		}),
		of("active, two borrowers, one proposes", func(s *stage) ledger.NoteID {
			return s.proposed(s.issue(terms(), s.borrower, s.partner), s.borrower)
		}),
		of("active, two borrowers, half agreed", func(s *stage) ledger.NoteID {
			id := s.proposed(s.issue(terms(), s.borrower, s.partner), s.borrower)
			s.agree(id, s.lender)
			return id
		}),
		of("active, plan", func(s *stage) ledger.NoteID { return s.planned(s.active()) }),
		of("active, plan, sold, not notified", func(s *stage) ledger.NoteID {
			id := s.planned(s.active())
			s.sell(id, s.lender, s.buyer)
			return id
		}),
		of("frozen", func(s *stage) ledger.NoteID { return s.frozen(s.active()) }),
		of("frozen, sale pending", func(s *stage) ledger.NoteID { return s.frozen(s.pending(ledger.Sale)) }),
		of("frozen, pledged", func(s *stage) ledger.NoteID { return s.frozen(s.pledged()) }),
		of("frozen, mandate, disputed", func(s *stage) ledger.NoteID {
			id := s.active()
			s.mandate(id, s.lender, s.servicer)
			return s.frozen(s.disputed(id))
		}),
		of("frozen, claimed, proposed", func(s *stage) ledger.NoteID {
			return s.frozen(s.proposed(s.claimed(s.active()), s.borrower))
		}),
		of("frozen, sold, notified", func(s *stage) ledger.NoteID { return s.frozen(s.sold()) }),
		of("discharged, paid", func(s *stage) ledger.NoteID { return s.paidOff(s.active()) }),
		of("discharged, paid after a sale", func(s *stage) ledger.NoteID {
			id := s.sold()
			s.pay(id, s.buyer, s.owed(id))
			return id
		}),
		of("discharged, forgiven", func(s *stage) ledger.NoteID {
			id := s.active()
			s.do(s.lender, ledger.OpForgive, string(id), ledger.ForgiveBody{Amount: sek(s.owed(id))})
			return id
		}),
		of("discharged, eleven years ago", func(s *stage) ledger.NoteID {
			id := s.paidOff(s.active())
			s.after(11 * 366)
			return id
		}),
		of("void, declined", func(s *stage) ledger.NoteID {
			id := s.offer(terms(), s.borrower)
			s.do(s.borrower, ledger.OpDecline, string(id), ledger.ReasonBody{})
			return id
		}),
		of("void, withdrawn", func(s *stage) ledger.NoteID {
			id := s.offer(terms(), s.borrower)
			s.do(s.lender, ledger.OpWithdraw, string(id), ledger.ReasonBody{})
			return id
		}),
		of("erased", func(s *stage) ledger.NoteID {
			id := s.offer(terms(), s.borrower)
			s.do(s.lender, ledger.OpWithdraw, string(id), ledger.ReasonBody{})
			s.do(s.borrower, ledger.OpErase, string(id), ledger.EmptyBody{})
			return id
		}),
	}
	return slices.Concat(list, reliefSituations(), claimSituations())
}

// pending gives a note of which a right is offered to the buyer, the bank or
// the servicer.
func (s *stage) pending(kind ledger.TransferKind) ledger.NoteID {
	id := s.active()
	body := ledger.TransferOfferBody{To: s.buyer.id, Kind: kind, Form: ledger.InFull}
	switch kind {
	case ledger.PledgeTransfer:
		body = ledger.TransferOfferBody{To: s.bank.id, Kind: kind}
	case ledger.CollectionMandate:
		body = ledger.TransferOfferBody{To: s.servicer.id, Kind: kind}
	}
	s.do(s.lender, ledger.OpTransferOffer, string(id), body)
	return id
}

func (s *stage) pledged() ledger.NoteID {
	id := s.active()
	s.pledge(id, s.lender, s.bank)
	return id
}

func (s *stage) sold() ledger.NoteID {
	id := s.active()
	s.sell(id, s.lender, s.buyer)
	s.notify(id, s.buyer)
	return id
}

func (s *stage) disputed(id ledger.NoteID) ledger.NoteID {
	s.do(s.borrower, ledger.OpDisputeRaise, string(id), ledger.DisputeRaiseBody{Text: "I never got the goods."})
	return id
}

func (s *stage) claimed(id ledger.NoteID) ledger.NoteID {
	s.do(s.borrower, ledger.OpPayClaim, string(id), claimBody(s.today()))
	return id
}

func claimBody(on finance.Date) ledger.PayClaimBody {
	return ledger.PayClaimBody{Amount: sek(700_00), PaidOn: on, Text: "I paid at the counter.", Reference: "slip 12"}
}

// planOf is the usual amendment: two years of months from some weeks ahead.
func (s *stage) planOf() ledger.Amendment {
	return ledger.Amendment{Kind: ledger.AmendPlan, Instalments: 24, FirstDue: s.today().AddDays(45)}
}

func (s *stage) proposed(id ledger.NoteID, by *actor) ledger.NoteID {
	s.do(by, ledger.OpAmendPropose, string(id), ledger.AmendProposeBody{Amendment: s.planOf(), Text: "I am out of work."})
	return id
}

func (s *stage) agree(id ledger.NoteID, who *actor) *ledger.Note {
	p := s.note(id).Proposal
	return s.do(who, ledger.OpAmendAccept, string(id), ledger.AmendAcceptBody{Proposal: p.Seq, Amendment: p.Amendment}).Note
}

func (s *stage) planned(id ledger.NoteID) ledger.NoteID {
	s.agree(s.proposed(id, s.borrower), s.lender)
	return id
}

func (s *stage) frozen(id ledger.NoteID) ledger.NoteID {
	s.freeze(id, s.bailiff)
	return id
}

func (s *stage) paidOff(id ledger.NoteID) ledger.NoteID {
	s.pay(id, s.lender, s.owed(id))
	return id
}

// variant is one way to say an operation, in order as far as its form goes.
type variant struct {
	name string
	op   ledger.Op
	body func(s *stage, id ledger.NoteID, who *actor) any
}

// variants lists every operation on notes at least once.
func variants() []variant {
	of := func(name string, op ledger.Op, body func(*stage, ledger.NoteID, *actor) any) variant {
		return variant{name, op, body}
	}
	fixed := func(body any) func(*stage, ledger.NoteID, *actor) any {
		return func(*stage, ledger.NoteID, *actor) any { return body }
	}
	list := []variant{
		of("offer", ledger.OpOffer, func(s *stage, _ ledger.NoteID, who *actor) any {
			b := s.offerBody(terms(), s.partner)
			b.Book = who.book
			return b
		}),
		of("accept", ledger.OpAccept, func(s *stage, id ledger.NoteID, _ *actor) any {
			return ledger.AcceptBody{Offer: s.known(id).Offer}
		}),
		of("decline", ledger.OpDecline, fixed(ledger.ReasonBody{Reason: "too dear"})),
		of("withdraw", ledger.OpWithdraw, fixed(ledger.ReasonBody{})),
		of("expire", ledger.OpExpire, fixed(ledger.EmptyBody{})),
		of("book.move", ledger.OpBookMove, func(s *stage, _ ledger.NoteID, who *actor) any {
			return ledger.BookMoveBody{Book: s.openBook(who)}
		}),
		of("transfer.offer of a sale", ledger.OpTransferOffer, func(s *stage, _ ledger.NoteID, _ *actor) any {
			return ledger.TransferOfferBody{To: s.court.id, Kind: ledger.Sale, Form: ledger.InBlank}
		}),
		of("transfer.offer of a pledge", ledger.OpTransferOffer, func(s *stage, _ ledger.NoteID, _ *actor) any {
			return ledger.TransferOfferBody{To: s.court.id, Kind: ledger.PledgeTransfer}
		}),
		of("transfer.offer of a mandate", ledger.OpTransferOffer, func(s *stage, _ ledger.NoteID, _ *actor) any {
			return ledger.TransferOfferBody{To: s.court.id, Kind: ledger.CollectionMandate}
		}),
		of("transfer.accept", ledger.OpTransferAccept, func(s *stage, id ledger.NoteID, who *actor) any {
			n := s.known(id)
			b := ledger.TransferAcceptBody{Transfer: n.Pending.ID}
			if n.Pending.Kind == ledger.Sale {
				b.Book = who.book
			}
			return b
		}),
		of("transfer.reject", ledger.OpTransferReject, transferBody),
		of("transfer.withdraw", ledger.OpTransferWithdraw, transferBody),
		of("pledge.release", ledger.OpPledgeRelease, fixed(ledger.EmptyBody{})),
		of("mandate.end", ledger.OpMandateEnd, fixed(ledger.EmptyBody{})),
		of("notice", ledger.OpNotice, func(s *stage, id ledger.NoteID, _ *actor) any {
			n := s.known(id)
			b := ledger.NoticeBody{Holder: s.m.Holder(n), DeliveredOn: s.today(), Channel: "letter"}
			if b.Holder == "" {
				b.Holder = s.lender.id
			}
			return b
		}),
	}
	return slices.Concat(list, moneyVariants(), agreementVariants(), reliefVariants(), claimVariants())
}

// agreementVariants are about what was paid and how the rest is.
func agreementVariants() []variant {
	of := func(name string, op ledger.Op, body func(*stage, ledger.NoteID) any) variant {
		return variant{name, op, func(s *stage, id ledger.NoteID, _ *actor) any { return body(s, id) }}
	}
	end := func(s *stage, id ledger.NoteID) any { return ledger.AmendEndBody{Proposal: s.known(id).Proposal.Seq} }
	return []variant{
		of("pay.claim", ledger.OpPayClaim, func(s *stage, _ ledger.NoteID) any { return claimBody(s.today()) }),
		of("pay.deny", ledger.OpPayDeny, func(s *stage, id ledger.NoteID) any {
			return ledger.PayDenyBody{Claim: s.known(id).Claims[0].Seq, Text: "Nothing came."}
		}),
		of("pay what was claimed", ledger.OpPay, func(s *stage, id ledger.NoteID) any {
			b := s.payBody(1_00)
			b.Claim = s.known(id).Claims[0].Seq
			return b
		}),
		of("amend.propose a plan", ledger.OpAmendPropose, func(s *stage, _ ledger.NoteID) any {
			return ledger.AmendProposeBody{Amendment: s.planOf()}
		}),
		of("amend.propose a pause", ledger.OpAmendPropose, func(s *stage, _ ledger.NoteID) any {
			return ledger.AmendProposeBody{Amendment: ledger.Amendment{Kind: ledger.AmendPause, FirstDue: s.today().AddDays(90)}}
		}),
		of("amend.accept", ledger.OpAmendAccept, func(s *stage, id ledger.NoteID) any {
			p := s.known(id).Proposal
			return ledger.AmendAcceptBody{Proposal: p.Seq, Amendment: p.Amendment}
		}),
		of("amend.reject", ledger.OpAmendReject, end),
		of("amend.withdraw", ledger.OpAmendWithdraw, end),
	}
}

func moneyVariants() []variant {
	of := func(name string, op ledger.Op, body func(*stage, ledger.NoteID, *actor) any) variant {
		return variant{name, op, body}
	}
	all := func(s *stage, id ledger.NoteID) ledger.PayBody {
		n := s.known(id)
		sum, err := ledger.Summarize(n, s.m.Holder(n), s.today())
		if err != nil {
			s.t.Fatalf("deriving what is owed: %v", err)
		}
		return s.payBody(max(1, sum.Total.Amount))
	}
	return []variant{
		of("pay a part", ledger.OpPay, func(s *stage, _ ledger.NoteID, _ *actor) any { return s.payBody(1_00) }),
		of("pay all", ledger.OpPay, func(s *stage, id ledger.NoteID, _ *actor) any { return all(s, id) }),
		of("pay.reverse", ledger.OpPayReverse, func(s *stage, id ledger.NoteID, _ *actor) any {
			b := ledger.PayReverseBody{Payment: 1, Reason: "wrong note"}
			if p := s.known(id).Payments; len(p) > 0 {
				b.Payment = p[0].Seq
			}
			return b
		}),
		of("forgive a part", ledger.OpForgive, func(*stage, ledger.NoteID, *actor) any { return ledger.ForgiveBody{Amount: sek(1_00)} }),
		of("forgive all", ledger.OpForgive, func(s *stage, id ledger.NoteID, _ *actor) any {
			return ledger.ForgiveBody{Amount: all(s, id).Amount}
		}),
		of("dispute.raise", ledger.OpDisputeRaise, func(*stage, ledger.NoteID, *actor) any {
			return ledger.DisputeRaiseBody{Text: "The rate is another."}
		}),
		of("dispute.resolve by answering", ledger.OpDisputeResolve, func(s *stage, id ledger.NoteID, _ *actor) any {
			return resolution(s.known(id), ledger.Dismissed)
		}),
		of("dispute.resolve by withdrawing", ledger.OpDisputeResolve, func(s *stage, id ledger.NoteID, _ *actor) any {
			return resolution(s.known(id), ledger.Withdrawn)
		}),
		of("freeze", ledger.OpFreeze, func(*stage, ledger.NoteID, *actor) any { return ledger.FreezeBody{Ground: "decision U-2"} }),
		of("release", ledger.OpRelease, func(*stage, ledger.NoteID, *actor) any { return ledger.EmptyBody{} }),
		of("erase", ledger.OpErase, func(*stage, ledger.NoteID, *actor) any { return ledger.EmptyBody{} }),
	}
}

func transferBody(s *stage, id ledger.NoteID, _ *actor) any {
	return ledger.TransferBody{Transfer: s.known(id).Pending.ID}
}

// known gives the note, with something in every place that a body refers to,
// so that bodies are well formed also where the note lacks it.
func (s *stage) known(id ledger.NoteID) *ledger.Note {
	n, _ := s.m.Note(id)
	if n == nil {
		n = &ledger.Note{ID: id}
	}
	k := *n
	if k.Offer.IsZero() {
		k.Offer = ledger.PayloadDigest(nil)
	}
	if k.Pending == nil {
		k.Pending = &ledger.Transfer{ID: s.nextID()}
	}
	if len(k.Claims) == 0 {
		k.Claims = []ledger.Claim{{Seq: 1}}
	}
	if k.Acceleration == nil {
		k.Acceleration = &ledger.Acceleration{Seq: 1}
	}
	if k.Proposal == nil {
		k.Proposal = &ledger.Proposal{Seq: 1, Amendment: s.planOf()}
	}
	return &k
}
