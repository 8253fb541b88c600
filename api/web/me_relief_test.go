package web_test

import (
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/ledger/ledgertest/model"
)

// relieve has the lender charge a fee, take a part of it off, and net what it owes
// the debtor.
func (d *debtor) relieve() {
	d.Helper()
	charge := d.do(d.lender, ledger.OpCharge, string(d.note), ledger.ChargeBody{
		Kind: finance.DemandCharge, Amount: sek(180_00), On: d.today(), About: ledger.PayloadDigest([]byte("the demand")),
	})
	d.do(d.lender, ledger.OpRelief, string(d.note), ledger.ReliefBody{
		Part: ledger.PartCosts, Charge: charge.Seq, Amount: new(sek(80_00)), Ground: ledger.GroundError, Reason: "A wrong address.",
	})
	d.do(d.lender, ledger.OpSetoff, string(d.note), ledger.SetoffBody{Amount: sek(100_00), On: d.today(), Ground: "A deposit"})
}

func sek(a finance.Amount) finance.Money { return finance.Money{Amount: a, Currency: "SEK"} }

// TestDebtReliefIsSaidToTheBorrower, and nothing is late any more.
func TestDebtReliefIsSaidToTheBorrower(t *testing.T) {
	d := newDebtor(t)
	court := d.authority()
	d.later(60)
	d.do(d.lender, ledger.OpRelief, string(d.note), ledger.ReliefBody{
		Part: ledger.PartLateInterest, Ground: ledger.GroundHardship, Reason: "On sick leave.", LateFreeUntil: d.today().AddDays(2),
	})
	d.page().Says("No late interest is counted until the end of 16 August 2026")
	d.must(court, d.draft(court, ledger.OpDebtRelief, string(d.note), ledger.DebtReliefBody{Decision: "K 4711-26", OpenedOn: d.today(), LeftPercent: new(40)}))
	d.later(30)
	d.page().Says("You have debt relief since", "(decision K 4711-26)", "No interest is counted").Hides("Late payment")
}

// authority registers an authority that may act.
func (d *debtor) authority() *model.Signer {
	d.Helper()
	authority, err := model.NewSigner("Kronofogden", ledger.Authority, inproc.Registrar, "Kronofogden")
	if err != nil {
		d.Fatal(err)
	}
	registration, err := authority.Registration(d.ledger.Service(inproc.Registrar).Network(), "0b9e6d3e-7f3a-4bb5-8a0e-0000000000aa", d.Now())
	if err != nil {
		d.Fatal(err)
	}
	d.must(authority, registration)
	d.do(d.lender, ledger.OpPartyAdmit, string(authority.ID), ledger.EmptyBody{})
	return authority
}
