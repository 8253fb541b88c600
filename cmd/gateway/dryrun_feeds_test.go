package main

import (
	"encoding/json"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
)

// feeds is what a party can read of its webhooks and imports.
func (w *world) feeds(a *actor, lists ...string) string {
	w.t.Helper()
	var all strings.Builder
	for _, path := range append(lists, "/v1/webhooks", "/v1/imports") {
		r := w.ask(a, "GET", path, nil, nil)
		if r.status != http.StatusOK {
			w.t.Fatalf("%s: %d %s", path, r.status, r.body)
		}
		all.Write(r.body)
	}
	return all.String()
}

// unmarked reads a JSON object without the members that tell a dry run from the
// real thing: the mark, and the id of what is made.
func unmarked(t *testing.T, r reply, made bool) map[string]any {
	t.Helper()
	var o map[string]any
	if len(r.body) > 0 {
		if err := json.Unmarshal(r.body, &o); err != nil {
			t.Fatalf("%s: %v", r.body, err)
		}
	}
	maps.DeleteFunc(o, func(name string, _ any) bool {
		return name == "dry_run" || name == "request" || made && name == "id"
	})
	return o
}

// TestDryRunOfFeedsSaysWhatTheRealThingSays: at every write of webhooks and
// imports, in an order in which each can be done; and it changes nothing.
func TestDryRunOfFeedsSaysWhatTheRealThingSays(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	lender, borrower := w.party("lender", "lender", "company"), w.party("borrower", "registrar", "person")
	w.note(lender, borrower, w.book(lender))
	w.settle("lender")
	const hook = `{"url":"https://lender.example.com/hooks","after":"0"}`
	const file = `{"name":"tape.csv","digest":"47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU","rows":3}`
	const rows = `{"rows":[{"row":1,"error":{"column":"rate","detail":"not a number"}},{"row":2,"jws":"e30.e30.AA"}]}`
	at := map[string]string{} // what stands in braces, by name
	lists := []string{}
	for _, c := range []struct{ method, path, body string }{
		{"POST", "/v1/webhooks", hook},
		{"POST", "/v1/webhooks/{webhook}/pause", ""},
		{"POST", "/v1/webhooks/{webhook}/resume", ""},
		{"POST", "/v1/webhooks/{webhook}/test", ""},
		{"POST", "/v1/webhooks/{webhook}/replay", ""},
		{"POST", "/v1/webhooks/{webhook}/deliveries/{delivery}/replay", ""},
		{"POST", "/v1/webhooks/{webhook}/deliveries/none/replay", ""},
		{"DELETE", "/v1/webhooks/{webhook}", ""},
		{"DELETE", "/v1/webhooks/{webhook}", ""},
		{"POST", "/v1/webhooks", `{"url":"http://lender.example.com"}`},
		{"POST", "/v1/imports", file},
		{"POST", "/v1/imports", file},
		{"POST", "/v1/imports/{import}/pause", ""},
		{"POST", "/v1/imports/{import}/rows", rows},
		{"POST", "/v1/imports/{import}/rows", `{"rows":[{"row":4,"jws":"x"}]}`},
		{"POST", "/v1/imports/{import}/start", ""},
		{"POST", "/v1/imports/{import}/pause", ""},
		{"POST", "/v1/imports/{import}/resume", ""},
		{"POST", "/v1/imports/{import}/cancel", ""},
		{"POST", "/v1/imports/{import}/start", ""},
		{"POST", "/v1/imports/{import}/rows", rows},
	} {
		path := strings.NewReplacer("{webhook}", at["webhook"], "{delivery}", at["delivery"], "{import}", at["import"]).Replace(c.path)
		before := w.feeds(lender, lists...)
		said := w.ask(lender, c.method, path+"?dry_run=true", []byte(c.body), nil)
		if after := w.feeds(lender, lists...); after != before {
			t.Errorf("%s %s changes %s\nto %s", c.method, c.path, before, after)
		}
		if said.status < 300 && len(said.body) > 0 && !strings.Contains(string(said.body), `"dry_run":true`) {
			t.Errorf("%s %s is answered like the real thing: %s", c.method, c.path, said.body)
		}
		done := w.ask(lender, c.method, path, []byte(c.body), nil)
		made := done.status == http.StatusCreated
		a, b := unmarked(t, said, made), unmarked(t, done, made)
		if strings.HasSuffix(path, "/test") { // a dry run is not sent
			a, b = nil, nil
		}
		if said.status != done.status || !reflect.DeepEqual(a, b) || said.header.Get("Location") != "" {
			t.Errorf("%s %s: said %d %s\ndone %d %s", c.method, c.path, said.status, said.body, done.status, done.body)
		}
		switch {
		case made && c.path == "/v1/webhooks":
			at["webhook"] = strings.TrimPrefix(done.header.Get("Location"), "/v1/webhooks/")
			w.settle("lender")
			var log struct{ Deliveries []struct{ ID string } }
			r := w.ask(lender, "GET", done.header.Get("Location")+"/deliveries", nil, nil)
			if err := json.Unmarshal(r.body, &log); err != nil || len(log.Deliveries) == 0 {
				t.Fatalf("the log is %d %s", r.status, r.body)
			}
			at["delivery"] = log.Deliveries[0].ID
			lists = []string{done.header.Get("Location") + "/deliveries"}
		case made:
			at["import"] = strings.TrimPrefix(done.header.Get("Location"), "/v1/imports/")
		case c.method == "DELETE":
			lists = nil
		}
		w.settle("lender")
	}
}
