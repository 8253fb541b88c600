package main

import (
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
)

// TestWhatIsNotYoursIsAnsweredAsWhatIsNotThere asks, as a party of the same
// organisation that has no part in it, for a note, a webhook, an import and a
// transaction of another one, and for such that do not exist. Neither the status,
// the headers nor the text may tell one from the other.
func TestWhatIsNotYoursIsAnsweredAsWhatIsNotThere(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender := w.party("lender", "lender", "company")
	stranger := w.party("stranger", "lender", "company")
	borrower := w.party("borrower", "registrar", "person")
	note := strings.TrimPrefix(w.note(lender, borrower, w.book(lender)), "/v1/notes/")
	absent := "n" + strings.Repeat("a", 32)
	payment := w.write(lender, "/v1/notes/"+note+"/payments", pay(100))
	command := regexp.MustCompile(`"command":"([0-9a-f-]{36})"`).FindSubmatch(payment.body)
	if command == nil {
		t.Fatalf("%d %s", payment.status, payment.body)
	}
	here, gone := "/v1/notes/"+note, "/v1/notes/"+absent
	for name, c := range map[string]struct{ method, there, absent, body string }{
		"a note":           {"GET", here, gone, ""},
		"its past":         {"GET", here + "?at=2026-06-15T12:00:00Z", gone + "?at=2026-06-15T12:00:00Z", ""},
		"its history":      {"GET", here + "/history", gone + "/history", ""},
		"its statement":    {"GET", here + "/statement", gone + "/statement", ""},
		"a payment on it":  {"POST", here + "/payments", gone + "/payments", `{"body":` + pay(100) + `}`},
		"a dispute of it":  {"POST", here + "/disputes", gone + "/disputes", `{"body":{"text":"x"}}`},
		"a transfer of it": {"POST", here + "/transfers", gone + "/transfers", `{"body":{"to":"` + string(stranger.party) + `","kind":"sale","form":"in_full"}}`},
		"a transaction": {"GET", "/v1/transactions/" + string(command[1]),
			"/v1/transactions/00000000-0000-4000-8000-000000000000", ""},
	} {
		t.Run(name, func(t *testing.T) {
			there := w.ask(stranger, c.method, c.there, []byte(c.body), nil)
			absent := w.ask(stranger, c.method, c.absent, []byte(c.body), nil)
			if there.status < http.StatusBadRequest {
				t.Fatalf("it is shown to a stranger: %d %s", there.status, there.body)
			}
			if a, b := told(there), told(absent); there.status != absent.status || a != b {
				t.Errorf("what is there: %d %s\nwhat is not:  %d %s", there.status, a, absent.status, b)
			}
			if a, b := unlike(there.header), unlike(absent.header); !maps.EqualFunc(a, b, func(x, y []string) bool {
				return strings.Join(x, ",") == strings.Join(y, ",")
			}) {
				t.Errorf("the headers differ:\n%v\n%v", a, b)
			}
		})
	}
}

// told gives the text of an answer without what differs with each request.
func told(r reply) string {
	return regexp.MustCompile(`"request":"[0-9a-f]*"`).ReplaceAllString(string(r.body), "")
}

// unlike gives the headers of an answer without those that differ with each request.
func unlike(h http.Header) http.Header {
	h = h.Clone()
	for _, name := range []string{"Date", "X-Request-Id", "Dpop-Nonce"} {
		h.Del(name)
	}
	return h
}
