package desk

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// actForms ask for what each act on the ledger needs, and give its body.
var actForms = map[ledger.Op]func(*form) (body any, reason string){
	ledger.OpPay:        askPay,
	ledger.OpPayReverse: askReverse,
	ledger.OpPayDeny: func(f *form) (any, string) {
		return ledger.PayDenyBody{Claim: f.number("claim")}, f.reason("case.answer")
	},
	ledger.OpDisputeResolve: askResolve,
	ledger.OpForgive: func(f *form) (any, string) {
		return ledger.ForgiveBody{Amount: f.amount("amount", false)}, f.reason("")
	},
	ledger.OpCharge: func(f *form) (any, string) {
		kind := f.choice("charge", string(finance.PlanCharge), string(finance.LatePaymentCharge))
		return ledger.ChargeBody{Kind: finance.ChargeKind(kind), Amount: f.amount("amount", false), On: f.day("on", f.today, false)}, ""
	},
	ledger.OpRelief: askRelief,
	ledger.OpSetoff: func(f *form) (any, string) {
		return ledger.SetoffBody{Amount: f.amount("amount", false), On: f.day("on", f.today, false), Claim: f.number("claim")}, f.reason("case.ground")
	},
	ledger.OpNotice: func(f *form) (any, string) {
		return ledger.NoticeBody{Holder: f.holder, DeliveredOn: f.day("delivered", f.today, false), Channel: f.channel()}, ""
	},
	ledger.OpAmendAccept: func(f *form) (any, string) {
		b := ledger.AmendAcceptBody{}
		if p := f.note.Proposal; p != nil {
			b = ledger.AmendAcceptBody{Proposal: p.Seq, Amendment: p.Amendment}
		}
		return b, ""
	},
	ledger.OpAmendReject: func(f *form) (any, string) {
		return ledger.AmendEndBody{Proposal: f.proposal()}, f.reason("case.answer")
	},
	ledger.OpAmendWithdraw: func(f *form) (any, string) { return ledger.AmendEndBody{Proposal: f.proposal()}, "" },
	ledger.OpAccelerate:    askAccelerate,
	ledger.OpCure: func(f *form) (any, string) {
		b := ledger.CureBody{}
		if a := f.note.Acceleration; a != nil {
			b.Acceleration = a.Seq
		}
		return b, f.reason("")
	},
	ledger.OpInterrupt: func(f *form) (any, string) {
		return ledger.InterruptBody{Kind: ledger.Filing, On: f.day("filed", f.today, false), Reference: f.text("number", false)}, ""
	},
	ledger.OpMandateEnd: func(f *form) (any, string) { return ledger.EmptyBody{}, f.reason("") },
}

func (f *form) proposal() uint64 {
	if p := f.note.Proposal; p != nil {
		return p.Seq
	}
	return 0
}

func (f *form) channel() string { return f.choice("channel", "letter", "email", "message", "portal") }

// askPay asks for a payment; of one that the borrower claimed it is filled in.
func askPay(f *form) (any, string) {
	b := ledger.PayBody{Claim: f.number("claim")}
	on := f.today
	for _, c := range f.note.Claims {
		if c.Seq == b.Claim && !f.sent {
			on = c.PaidOn
			f.in.Set("amount", decimal(f.money(c.Amount)))
			f.in.Set("reference", c.Reference)
		}
	}
	b.Amount, b.PaidOn, b.Reference = f.amount("amount", false), f.day("paid", on, false), f.text("reference", true)
	return b, ""
}

// maxReversed is how many of the latest payments are offered to be taken back.
const maxReversed = 12

// askReverse asks which payment of ours was a wrong booking.
func askReverse(f *form) (any, string) {
	var options []page.Option
	for _, p := range slices.Backward(f.note.Payments) {
		if p.Reversed || p.By != f.server.Desk.Party || f.note.Final(&p) || len(options) == maxReversed {
			continue
		}
		options = append(options, page.Option{Value: strconv.FormatUint(p.Seq, 10), Text: page.Say("line.payment", "amount", f.money(p.Amount), "date", p.On)})
	}
	seq, err := strconv.ParseUint(f.choose("payment", options), 10, 63)
	if err != nil {
		seq = 0 // which no payment has
	}
	return ledger.PayReverseBody{Payment: seq}, f.reason("")
}

// askResolve asks for the answer to an objection.
func askResolve(f *form) (any, string) {
	b := ledger.DisputeResolveBody{Dispute: f.number("dispute")}
	b.Outcome = ledger.DisputeOutcome(f.choice("outcome", string(ledger.Upheld), string(ledger.Dismissed)))
	return b, f.reason("case.answer")
}

// askRelief asks what is taken off, why, and until when no late interest runs.
func askRelief(f *form) (any, string) {
	b := ledger.ReliefBody{Charge: f.number("charge")}
	b.Part = ledger.PartKind(f.choice("part", string(ledger.PartLateInterest), string(ledger.PartCosts), string(ledger.PartInterest)))
	if m := f.amount("relieved", true); m.Amount > 0 {
		b.Amount = &m
	}
	b.Ground = ledger.ReliefGround(f.choice("ground", string(ledger.GroundHardship), string(ledger.GroundError), string(ledger.GroundGoodwill), string(ledger.GroundComplaint)))
	b.LateFreeUntil = f.day("free", finance.Date{}, true)
	return b, f.reason("")
}

// noticeDays is how long before the day of an acceleration the borrower is told, with
// some days for the letter (2010:1846 par. 34).
const noticeDays = 35

// askAccelerate asks when all of the debt is to fall due.
func askAccelerate(f *form) (any, string) {
	b := ledger.AccelerateBody{DeliveredOn: f.day("delivered", f.today, false), Channel: f.channel()}
	b.Effective = f.day("effective", f.today.AddDays(noticeDays), false)
	return b, f.reason("")
}

// askedAct puts the form of the act in the address together.
func (s *Server) askedAct(v *visit, sent bool) (f *form, op ledger.Op, body any, reason string, err error) {
	o, err := s.caseOf(v)
	if err != nil {
		return nil, "", nil, "", err
	}
	op = ledger.Op(chi.URLParam(v.R, "act"))
	ask, known := actForms[op]
	if !known {
		return nil, "", nil, "", ledger.Refuse(ledger.CodeNotFound)
	}
	in := v.R.URL.Query()
	if sent {
		in = v.R.PostForm
	}
	f = &form{openCase: o, in: in, sent: sent}
	body, reason = ask(f)
	return f, op, body, reason, nil
}

// carried are the values that a form carries along unseen.
var carried = []string{"claim", "dispute", "charge"}

func (s *Server) showForm(v *visit, status int, f *form, op ledger.Op, failed page.Text) error {
	sheet := &view.CaseForm{
		Head: f.head(), Action: f.path() + "/do/" + string(op), Name: actName(string(op)), Lead: page.Say(page.Key("act.lead." + op)),
		Parts: f.parts, Failed: failed, Button: page.Say("case.check"),
	}
	for _, name := range carried {
		if _, isChoice := f.in[name]; isChoice && f.number(name) > 0 {
			sheet.Hidden = append(sheet.Hidden, page.Hidden{Name: name, Value: f.in.Get(name)})
		}
	}
	return v.Show(status, sheet)
}

func (s *Server) getCaseAct(v *visit) error {
	f, op, _, _, err := s.askedAct(v, false)
	if err != nil {
		return err
	}
	if op == ledger.OpAccelerate && f.note.Terms.Consumer {
		last, err := s.Desk.LastAlternatives(v.R.Context(), f.Note)
		if err != nil {
			return err
		}
		if last == nil {
			return v.Redirect(f.path() + "/alternatives")
		}
	}
	return s.showForm(v, http.StatusOK, f, op, page.Text{})
}

// postCaseAct leads on to the check of the act, or says in its form what is wrong.
func (s *Server) postCaseAct(v *visit) error {
	f, op, body, reason, err := s.askedAct(v, true)
	if err != nil {
		return err
	}
	if f.wrong {
		return s.showForm(v, http.StatusUnprocessableEntity, f, op, page.Text{})
	}
	act, err := casework.On(f.Note, op, body)
	if err != nil {
		return err
	}
	return s.checked(v, v.check(act, reason, f.path()), func(status int, failed page.Text) error { return s.showForm(v, status, f, op, failed) })
}

// checked shows the form again where its act was refused: what was written is not lost.
func (s *Server) checked(v *visit, err error, again func(int, page.Text) error) error {
	refusal, refused := errors.AsType[*ledger.Error](err)
	if !refused || refusal.Class() == ledger.ClassUnavailable {
		return err
	}
	v.Code = refusal.Code
	return again(site.StatusOf(refusal.Class()), page.Say("check.refused", "why", refusal.Text(v.Language)))
}
