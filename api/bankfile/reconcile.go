package bankfile

import (
	"strconv"

	"github.com/skuld-registry/skuld/ledger/finance"
)

// reconcile compares each report's balances with its entries, to the minor unit.
func (f *File) reconcile() {
	for i := range f.Reports {
		r := &f.Reports[i]
		for _, e := range r.Entries {
			if e.Amount.Currency != r.Currency {
				f.fault(FaultCurrency, r.ID, e.Line, string(r.Currency), string(e.Amount.Currency))
				break
			}
		}
		if r.Opening == nil || r.Closing == nil {
			continue
		}
		if r.Opening.Currency != r.Currency || r.Closing.Currency != r.Currency {
			f.fault(FaultCurrency, r.ID, 0, string(r.Currency), string(r.Opening.Currency)+", "+string(r.Closing.Currency))
			continue
		}
		end, err := r.Opening.Amount.Add(r.Net())
		if got := (finance.Money{Amount: end, Currency: r.Currency}); err != nil || end != r.Closing.Amount {
			f.fault(FaultBalance, r.ID, 0, r.Closing.String(), got.String())
		}
	}
}

// Net gives what the booked entries come to: what came in less what went out.
func (r *Report) Net() finance.Amount {
	in, out := r.Sums()
	return in - out
}

// Sums gives what came in and what went out by entries that are booked. No sum passes
// what an int64 holds, since MaxEntries of MaxAmount would.
func (r *Report) Sums() (in, out finance.Amount) {
	for _, e := range r.Entries {
		switch {
		case !e.Booked || e.Amount.Currency != r.Currency:
		case e.Credit:
			in = capped(in, e.Amount.Amount)
		default:
			out = capped(out, e.Amount.Amount)
		}
	}
	return in, out
}

// capped adds, and stays at the largest amount where the sum passes it: such a file
// cannot agree with its balances and is shown with its fault.
func capped(a, b finance.Amount) finance.Amount {
	if sum, err := a.Add(b); err == nil {
		return sum
	}
	return finance.MaxAmount
}

// totals are the numbers and sums of a report's bookings, final or not. A batch that
// is told in parts counts once.
type totals struct {
	ins, outs int
	in, out   finance.Amount
}

func (t *totals) add(credit bool, amount finance.Amount) {
	if credit {
		t.ins, t.in = t.ins+1, capped(t.in, amount)
	} else {
		t.outs, t.out = t.outs+1, capped(t.out, amount)
	}
}

// summary compares the stated numbers and sums with those that are there.
func (f *File) summary(n *node, r *Report, t totals) {
	f.stated(n.at("TtlNtries"), r, t.ins+t.outs, capped(t.in, t.out))
	f.stated(n.at("TtlCdtNtries"), r, t.ins, t.in)
	f.stated(n.at("TtlDbtNtries"), r, t.outs, t.out)
	net, direction := n.at("TtlNtries", "TtlNetNtryAmt"), n.at("TtlNtries", "CdtDbtInd").text
	if eighth := n.at("TtlNtries", "TtlNetNtry"); eighth.name != "" {
		net, direction = eighth.at("Amt"), eighth.at("CdtDbtInd").text
	}
	want := t.in - t.out
	if direction == debit {
		want = -want
	}
	f.statedSum(net, r, want)
}

func (f *File) stated(n *node, r *Report, count int, sum finance.Amount) {
	if stated := n.at("NbOfNtries"); stated.text != "" {
		if number, err := strconv.Atoi(stated.text); err != nil || number != count {
			f.fault(FaultCount, r.ID, stated.line, stated.text, strconv.Itoa(count))
		}
	}
	f.statedSum(n.at("Sum"), r, sum)
}

func (f *File) statedSum(n *node, r *Report, sum finance.Amount) {
	if n.text == "" {
		return
	}
	d, _ := parseDecimal(n.text) // it fits its schema
	if stated, ok := d.minor(minorUnits(r.Currency)); !ok || stated != sum {
		f.fault(FaultSum, r.ID, n.line, n.text, finance.Money{Amount: sum, Currency: r.Currency}.String())
	}
}
