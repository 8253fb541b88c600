package store_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

func TestKeyStandsForItsFirstRequestUntilItExpires(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, address := on.opened(t)
		now := time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)
		expires := now.Add(time.Hour)
		k := store.Key{Party: lender, Target: "POST /v1/books", Name: "k"}
		claim := func(k store.Key, request string, at time.Time, want store.Kept) {
			t.Helper()
			got, err := s.ClaimKey(t.Context(), k, request, at, at.Add(time.Hour))
			if err != nil || got.Request != want.Request || got.Status != want.Status || got.Body != want.Body ||
				!maps.Equal(got.Header, want.Header) || !got.Expires.Equal(want.Expires) {
				t.Errorf("got %+v, %v; want %+v", got, err, want)
			}
		}
		empty := store.Kept{Request: "first", Header: map[string]string{}, Expires: expires}
		claim(k, "first", now, empty)
		claim(k, "first", now.Add(time.Minute), empty)
		claim(k, "second", now.Add(time.Minute), empty)
		for _, other := range []store.Key{{Party: buyer, Target: k.Target, Name: k.Name}, {Party: lender, Target: "POST /v1/notes", Name: k.Name}, {Party: lender, Target: k.Target, Name: "K"}} {
			claim(other, "second", now, store.Kept{Request: "second", Header: map[string]string{}, Expires: expires})
		}
		final := store.Kept{Request: "first", Status: 201, Header: map[string]string{"Location": "/v1/books/b"}, Body: "{\"outcome\":\"committed\"}\n", Expires: expires}
		if err := s.KeepAnswer(t.Context(), k, final); err != nil {
			t.Fatal(err)
		}
		// The answer to another request is not that of this one.
		if err := s.KeepAnswer(t.Context(), k, store.Kept{Request: "second", Status: 500}); err != nil {
			t.Fatal(err)
		}
		s = restarted(t, s, address)
		claim(k, "second", now.Add(time.Minute), final)
		claim(k, "second", expires, store.Kept{Request: "second", Header: map[string]string{}, Expires: expires.Add(time.Hour)})
	})
}

// TestOldestKeysOfAPartyGoBeyondItsBytes: one party must not fill the disk with
// answers.
func TestOldestKeysOfAPartyGoBeyondItsBytes(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, _ := on.opened(t)
		noon := time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)
		body := strings.Repeat("x", 4<<20)
		keep := func(party ledger.PartyID, n int) {
			t.Helper()
			k := store.Key{Party: party, Target: "POST /v1/bulk", Name: fmt.Sprint(n)}
			at := noon.Add(time.Duration(n) * time.Second)
			if _, err := s.ClaimKey(t.Context(), k, "request", at, at.Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			if err := s.KeepAnswer(t.Context(), k, store.Kept{Request: "request", Status: 200, Body: body}); err != nil {
				t.Fatal(err)
			}
		}
		const all = store.MaxKept/(4<<20) + 4
		keep(buyer, 0)
		for n := range all {
			keep(lender, n)
		}
		kept := func(party ledger.PartyID, n int) bool {
			t.Helper()
			k := store.Key{Party: party, Target: "POST /v1/bulk", Name: fmt.Sprint(n)}
			got, err := s.ClaimKey(t.Context(), k, "request", noon.Add(time.Minute), noon.Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			return got.Status != 0
		}
		if kept(lender, 0) || !kept(lender, all-1) || !kept(buyer, 0) {
			t.Errorf("of the lender the first is kept: %t, the last: %t; the buyer's: %t", kept(lender, 0), kept(lender, all-1), kept(buyer, 0))
		}
	})
}

func TestSubmissionIsRememberedWithItsLastRefusal(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, address := on.opened(t)
		sent := store.Submission{
			Signer: lender, Command: "c", Op: ledger.OpPay, Subject: ledger.Subject{Kind: ledger.KindNote, ID: "n"}, Seq: 3,
			Expires: time.Date(2026, time.June, 16, 12, 0, 0, 0, time.UTC),
		}
		code := func() ledger.Code {
			t.Helper()
			got, err := s.Submission(t.Context(), lender, "c")
			if err != nil || got == nil || got.Seq != 3 || !got.Expires.Equal(sent.Expires) {
				t.Fatalf("got %+v, %v", got, err)
			}
			if got.Refusal == nil {
				return ""
			}
			if got.Refusal.Params["next"] != "4" {
				t.Errorf("the refusal is %+v", got.Refusal)
			}
			return got.Refusal.Code
		}
		refused, other := sent, sent
		refused.Refusal = ledger.Refuse(ledger.CodeSeqStale, "next", "4")
		other.Seq, other.Refusal = 9, ledger.Refuse(ledger.CodeSeqAhead)
		for _, step := range []struct {
			do   func() error
			want ledger.Code
		}{
			{func() error { return s.Remember(t.Context(), sent) }, ""},
			{func() error { return s.RememberRefusals(t.Context(), other) }, ""}, // another command with the same id
			{func() error { return s.RememberRefusals(t.Context(), refused) }, ledger.CodeSeqStale},
			{func() error { s = restarted(t, s, address); return nil }, ledger.CodeSeqStale},
			{func() error { return s.Remember(t.Context(), sent) }, ""}, // handed in again: open again
		} {
			if err := step.do(); err != nil {
				t.Fatal(err)
			}
			if got := code(); got != step.want {
				t.Errorf("the refusal is %q, want %q", got, step.want)
			}
		}
	})
}

// BenchmarkRemember measures what it costs a write that it is on the disk before
// it is handed in, alone and beside 63 others.
func BenchmarkRemember(b *testing.B) {
	for _, on := range []database{sqlite, postgres} {
		for _, callers := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d", on.name, callers), func(b *testing.B) {
				s, _ := on.opened(b)
				var n atomic.Int64
				b.ResetTimer()
				var running sync.WaitGroup
				for range callers {
					running.Go(func() {
						for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
							sent := store.Submission{Signer: lender, Command: ledger.CommandID(fmt.Sprint(i)), Expires: time.Now()}
							if err := s.Remember(b.Context(), sent); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				running.Wait()
			})
		}
	}
}
