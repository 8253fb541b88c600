package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/store/casebook/crowd"
)

// deskVisit is one look at a page.
type deskVisit struct {
	name    string
	pattern string // of the route that it is of
	path    string
	status  int
}

// direct are looks at what leads elsewhere at once: a search for what only one case has
// opens that.
var direct = map[string]bool{
	"home": true, "sign-in": true, "case of a note": true, "search, common and rare": true, "search, number": true, "search, payment reference": true, "search, note": true,
}

// unmeasured are the routes that are no pages of the work: what is downloaded, what
// needs an identity provider or an invitation, and what leads elsewhere at once.
var unmeasured = map[string]bool{
	"/": true, "/desk/i/{code}": true, "/desk/provider": true, "/desk/provider/return": true, "/desk/keys": true,
	"/desk/cases/export": true, "/desk/complaints/export": true, "/desk/audit/export": true,
	"/desk/letters/{letter}/file": true, "/desk/reports/all.csv": true, "/desk/reports/all.pdf": true, "/desk/reports/tables/{table}": true,
	"/desk/check/{draft}": true, // made by a form
}

// deskVisits are looks at every page, at what each has most of: the longest case, the
// first page and a late one of each list, words that many and few are found by.
func deskVisits(notes int) []deskVisit {
	cases := notes - notes/100
	var all []deskVisit
	in := func(pattern, name, path string) {
		status := http.StatusOK
		if direct[name] {
			status = http.StatusSeeOther
		}
		all = append(all, deskVisit{name, pattern, path, status})
	}
	long, usual := fmt.Sprintf("/desk/cases/%d", crowd.Longest), fmt.Sprintf("/desk/cases/%d", cases/2+1)
	note := "/desk/cases/of/" + string(crowd.NoteID(crowd.Longest))
	signIn(in)
	visitWork(in, notes)
	visitSearch(in, notes, cases)
	in("/desk/cases/{number}", "case, the longest", long)
	in("/desk/cases/{number}", "case, the longest, contacts", long+"?only=contact")
	in("/desk/cases/{number}", "case, the longest, ledger", long+"?only=event")
	in("/desk/cases/{number}", "case, the longest, late", long+"?before=1781000000.event.000000001000")
	in("/desk/cases/{number}", "case, a usual one", usual)
	for _, part := range []string{"contact", "call", "promise", "complaint", "flag", "plan", "alternatives", "letter"} {
		in("/desk/cases/{number}/"+part, "case, "+part, long+"/"+part)
	}
	in("/desk/cases/{number}/do/{act}", "case, a payment", long+"/do/pay")
	in("/desk/cases/{number}/persons/{party}", "case, a person", long+"/persons/"+string(crowd.Borrower(crowd.Longest)))
	in("/desk/cases/of/{note}/rules", "rules of the longest case", note+"/rules")
	in("/desk/cases/of/{note}", "case of a note", note)
	visitCases(in, cases)
	visitRules(in, notes)
	visitPayments(in, notes)
	visitAudit(in, notes)
	return all
}

// adder adds a look at a page of a route.
type adder func(pattern, name, path string)

func signIn(in adder) {
	in("/desk/signin", "sign-in", "/desk/signin")
	in("/desk", "home", "/desk")
	in("/desk/me", "me", "/desk/me")
	in("/desk/pause", "pause", "/desk/pause")
	in("/desk/people", "people", "/desk/people")
	in("/desk/people/{staff}", "person", "/desk/people/"+string(crowd.Member(2)))
}

func visitWork(in adder, notes int) {
	for _, show := range []string{"mine", "team", "late", "all"} {
		in("/desk/today", "today, "+show, "/desk/today?show="+show)
	}
	in("/desk/today", "today, all, late page", fmt.Sprintf("/desk/today?show=all&after=2.%d.1", deskNoon.Unix()+86400*10))
	in("/desk/today", "today, calls", "/desk/today?show=all&kind=callback")
	in("/desk/tasks/{task}", "task", "/desk/tasks/task-5")
	in("/desk/calls", "calls", "/desk/calls")
	in("/desk/calls/{call}", "call", "/desk/calls/call-35")
	in("/desk/who-called", "who called, a number of many", "/desk/who-called?said=%2B4681234567")
	in("/desk/who-called", "who called, nobody", "/desk/who-called?said=%2B4689999999")
	in("/desk/contacts/{contact}", "contact", "/desk/contacts/contact-5")
	in("/desk/complaints", "complaints", "/desk/complaints")
	in("/desk/complaints", "complaints, all", "/desk/complaints?show=all")
	in("/desk/complaints", "complaints, late page", "/desk/complaints?show=all&before=60")
	in("/desk/complaints/{complaint}", "complaint", "/desk/complaints/complaint-1")
	in("/desk/flags", "flags", "/desk/flags")
	in("/desk/flags", "flags, late page", fmt.Sprintf("/desk/flags?after=flag-%d", notes*3/100-40))
	in("/desk/flags/{flag}", "flag", "/desk/flags/flag-1")
	in("/desk/promises/{promise}", "promise", "/desk/promises/promise-3")
	in("/desk/letters", "letters", "/desk/letters")
	in("/desk/letters", "letters, late page", "/desk/letters?before=100")
	in("/desk/letters/{letter}", "letter", "/desk/letters/letter-2")
	in("/desk/reports", "reports", "/desk/reports")
	in("/desk/reach", "reach", "/desk/reach")
}

func visitSearch(in adder, notes, cases int) {
	in("/desk/search", "search, nothing", "/desk/search")
	for _, s := range []struct{ name, text string }{
		{"common name", crowd.Common}, {"common letter", "a"}, {"two common names", crowd.Given + " " + crowd.Common},
		{"common and rare", crowd.Given + " " + crowd.Rare}, {"two letters", "a e"}, {"nobody", "zzzzzz"}, {"number's beginning", "+4670"},
		{"number", crowd.Phone(cases / 3)[3:]}, {"payment reference", bankfile.Reference(int64(cases / 4))},
		{"note", string(crowd.NoteID(notes / 5))}, {"lender's number", "LÅN-00"}, {"six words", "a b e k l m"},
	} {
		all := strings.NewReplacer("+", "%2B", " ", "+", "Å", "%C3%85", "Ö", "%C3%96", "ö", "%C3%B6").Replace(s.text)
		in("/desk/search", "search, "+s.name, "/desk/search?q="+all)
	}
}

func visitCases(in adder, cases int) {
	for _, show := range []string{"mine", "nobodys", "late30", "late60", "late90", "late", "plan", "disputed", "flagged", "all", "closed"} {
		in("/desk/cases", "cases, "+show, "/desk/cases?show="+show)
	}
	in("/desk/cases", "cases, all, late page", "/desk/cases?show=all&after=120")
	in("/desk/cases", "cases, late, late page", fmt.Sprintf("/desk/cases?show=late&due=2026-06-01&after=%d", cases/2))
	in("/desk/books", "books", "/desk/books")
}

func visitRules(in adder, notes int) {
	in("/desk/rules", "rules", "/desk/rules")
	in("/desk/rules/{rule}", "rule", "/desk/rules/SE.reminder")
	in("/desk/rules/{rule}", "rule, late page", "/desk/rules/SE.reminder?before=200")
	in("/desk/rules/proposals", "proposals", "/desk/rules/proposals")
	in("/desk/rules/proposals", "proposals, late page", fmt.Sprintf("/desk/rules/proposals?after=%d", notes*2-2000))
	in("/desk/decisions/{decision}", "decision", "/desk/decisions/decision-0")
}

func visitPayments(in adder, notes int) {
	for _, show := range []string{"unmatched", "returns", "matched", "applied", "ignored", "reversed", "files"} {
		in("/desk/payments", "payments, "+show, "/desk/payments?show="+show)
	}
	in("/desk/payments", "payments, applied, late page", fmt.Sprintf("/desk/payments?show=applied&after=%d", notes-100))
	in("/desk/payments/files/{file}", "bank file", "/desk/payments/files/file-1")
	in("/desk/payments/files/{file}", "bank file, late page", fmt.Sprintf("/desk/payments/files/file-1?after=%d", notes-600))
	in("/desk/payments/entries/{entry}", "payment, unmatched", "/desk/payments/entries/entry-10")
	in("/desk/payments/entries/{entry}", "payment, applied", "/desk/payments/entries/entry-13")
	in("/desk/payments/clients", "due to clients", "/desk/payments/clients")
	in("/desk/payments/differences", "differences", "/desk/payments/differences")
}

func visitAudit(in adder, notes int) {
	in("/desk/approvals", "approvals", "/desk/approvals")
	in("/desk/approvals/{approval}", "approval", "/desk/approvals/approval-1")
	in("/desk/acts/{act}", "act", "/desk/acts/act-1")
	note := string(crowd.NoteID(crowd.Longest))
	for _, of := range []string{"acts", "readings"} {
		in("/desk/audit", "audit, "+of, "/desk/audit?of="+of)
		in("/desk/audit", "audit, "+of+" of one", "/desk/audit?who=Eva+Ek+5&of="+of)
		in("/desk/audit", "audit, "+of+" of a case", "/desk/audit?of="+of+"&note="+note)
		in("/desk/audit", "audit, "+of+" of a day", "/desk/audit?day=2026-06-01&of="+of)
		in("/desk/audit", "audit, "+of+" of one on a day", "/desk/audit?who=Eva+Ek+5&day=2026-06-14&of="+of)
		in("/desk/audit", "audit, "+of+" of one in a case", "/desk/audit?who=Eva+Ek+5&of="+of+"&note="+note)
	}
	in("/desk/audit", "audit, acts, late page", fmt.Sprintf("/desk/audit?of=acts&before=%d", notes/10))
}

// loaded are the files that a browser loads with a page.
var loaded = regexp.MustCompile(`/static/[a-z.-]+\.[0-9a-f]+\.(?:css|js)`)

// ask asks for a page or a file and gives what came and how many bytes were sent.
func (s *deskServer) ask(ctx context.Context, v deskVisit) (body string, sent int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.base+v.path, nil)
	if err != nil {
		return "", 0, err
	}
	r.Header.Set("Accept-Encoding", "gzip") // by hand, so that the bytes come as they are sent
	r.Header.Set("Accept-Language", "sv")
	r.AddCookie(&http.Cookie{Name: deskCookie, Value: deskSession})
	resp, err := s.client.Do(r)
	if err != nil {
		return "", 0, err
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxPageBytes))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return "", 0, err
	}
	if resp.StatusCode != v.status {
		return "", 0, fmt.Errorf("asking for %s: %s, want %d", v.path, resp.Status, v.status)
	}
	if resp.Header.Get("Content-Encoding") != "gzip" {
		return string(raw), len(raw), nil
	}
	plain, err := gzip.NewReader(strings.NewReader(string(raw)))
	if err != nil {
		return "", 0, fmt.Errorf("reading %s: %w", v.path, err)
	}
	text, err := io.ReadAll(io.LimitReader(plain, maxPageBytes))
	return string(text), len(raw), err
}
