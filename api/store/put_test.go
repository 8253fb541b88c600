package store

import (
	"fmt"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// annuity gives the terms of a loan of five years.
func annuity(t testing.TB) ledger.Terms {
	t.Helper()
	rate, err := finance.ParseRate("7.5")
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Terms{
		Kind: ledger.Simple, Consumer: true, Jurisdiction: finance.Sweden, AgreedOn: day("2026-01-01"), Rate: rate,
		Principal: finance.Money{Amount: 10_000_00, Currency: "SEK"}, DayCount: finance.Thirty360,
		Schedule: ledger.Schedule{Kind: finance.Annuity, Instalments: 60, FirstDue: day("2026-02-28")},
	}
}

// BenchmarkPut writes blocks of a hundred payments on notes that are there, as
// the follower does.
func BenchmarkPut(b *testing.B) {
	const payments = 100
	for _, a := range addresses {
		b.Run(a.kind, func(b *testing.B) {
			s, err := Open(b.Context(), a.make(b))
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			block := func(seq uint64, op ledger.Op) {
				c := changes{next: seq + 1, notes: map[ledger.NoteID]ledger.NoteView{}}
				t := ledger.Transaction{ID: fmt.Sprintf("tx-%d", seq)}
				for n := range payments {
					note, holder := synthetic(n, payments)
					note.Seq, note.Terms = seq, annuity(b)
					note.Balance.PaidPrincipal = 1
					t.Results = append(t.Results, ledger.Result{Command: ledger.CommandID(fmt.Sprint(seq, n)), Op: op, Subject: note.ID.Subject(), Seq: seq})
					c.notes[note.ID] = ledger.NoteView{Note: &note, Holder: holder, Record: note.Record(ledger.Digest{1})}
					for _, p := range partsOf(&note, holder) {
						c.told = append(c.told, told{firstPosition(seq) + int64(n), p.party})
					}
				}
				c.blocks = []ledger.Block{{Number: seq, Transactions: []ledger.Transaction{t}}}
				if err := s.put(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
			block(1, ledger.OpOffer)
			for seq := uint64(2); b.Loop(); seq++ {
				block(seq, ledger.OpPay)
			}
			b.ReportMetric(float64(b.N*payments)/b.Elapsed().Seconds(), "payments/s")
		})
	}
}
