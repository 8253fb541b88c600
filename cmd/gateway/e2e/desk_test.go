package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/network/networktest"
)

// morning is a collector's morning: the desk with a day of work in it, its staff, and a
// borrower of the test's own, who signs with a passkey on her phone.
type morning struct {
	*journey
	demo  []string // how to run the demonstration
	desk  string   // origin
	karin *person
	ulla  *person  // looks after people and roles
	maria *person  // the second person
	debt  *company // the collector, whose desk it is
	file  string   // path of Anna's case
}

// TestAMorningAtTheDesk plays what staff of a collector does between eight and noon, on
// a real network, with a real browser: staff at a desk, the borrower on a phone.
func TestAMorningAtTheDesk(t *testing.T) {
	m := &morning{journey: begin(t, nil)}
	m.opensTheDesk()
	m.collects()
	m.walksTheWorklistByKeyboard()
	m.takesInABankFile()
	m.takesACallByNumber()
	m.agreesOnAPlan()
	m.takesBackALateFee()
	m.showsMercyWithASecondPerson()
	m.keepsACallBack()
	m.answersAnObjection()
	m.isRated()
	m.looksAtEveryPage()
	m.seesTheChartChange()
}

// opensTheDesk makes a day of work, twice, of which the second time does nothing, and
// lets three people in: Karin, who signs in once more with her passkey, Ulla, who looks
// after people and roles, and Maria, by a link of Ulla's.
func (m *morning) opensTheDesk() {
	n := networktest.Shared(m.T, networktest.Options{Chaincode: true, Gateways: true})
	program := filepath.Join(m.TempDir(), "demo")
	if out, err := exec.CommandContext(m.Context(), "go", "build", "-o", program, "../../demo").CombinedOutput(); err != nil {
		m.Fatalf("building the demonstration: %v\n%s", err, out)
	}
	m.demo = []string{program, "-home", string(n.Home), "-network", n.Program("network")}
	m.plays("seed")
	m.plays("desk")
	kept := filepath.Join(string(n.Home), "demo", "desk.json")
	before, err := os.ReadFile(kept)
	if err != nil {
		m.Fatal(err)
	}
	said := m.plays("desk")
	if after, err := os.ReadFile(kept); err != nil || string(after) != string(before) {
		m.Fatalf("the day is made a second time (%v):\n%s", err, after)
	}
	links := linksIn(said)
	if len(links) != 2 {
		m.Fatalf("want links for Karin and Ulla, got %q in\n%s", links, said)
	}
	m.desk = links[0][:strings.Index(links[0], "/desk/i/")]
	m.karin, m.ulla, m.maria = m.enters(links[0]), m.enters(links[1]), nil
	m.karin.goes("signing out", clicks(`form[action="/desk/signout"] button`))
	m.karin.opens("/desk/signin")
	m.karin.answers()
	if got := m.karin.path(); got != "/desk/today" {
		m.Fatalf("signed in Karin is at %s:\n%s", got, m.karin.shown())
	}
	m.ulla.opens("/desk/people")
	m.ulla.followsRow("Maria Brandt")
	m.ulla.goes("asking for a link", clicks(`main form[action$="/invitation"] button`))
	m.maria = m.enters(linksIn(m.ulla.text())[0])
	m.debt = m.companyOf(filepath.Join(string(n.Home), "demo", "collector"))
}

// plays runs the demonstration and gives what it prints.
func (m *morning) plays(what string) string {
	m.Helper()
	out, err := exec.CommandContext(m.Context(), m.demo[0], append([]string{what}, m.demo[1:]...)...).CombinedOutput()
	if err != nil {
		m.Fatalf("demo %s: %v\n%s", what, err, out)
	}
	return string(out)
}

// linksIn finds the one-time links in a text.
func linksIn(text string) []string {
	return slices.DeleteFunc(strings.Fields(text), func(word string) bool { return !strings.Contains(word, "/desk/i/") })
}

// enters gives somebody a browser at a desk, and lets them in with a one-time link.
func (m *morning) enters(link string) *person {
	m.Helper()
	p := m.browser.person(m.T, link[:strings.Index(link, "/desk/i/")], nil)
	p.at(desk)
	p.awaits(strings.TrimPrefix(link, p.site), `main form[data-passkey]`)
	p.answers()
	return p
}

// companyOf is a company with the key of a profile.
func (m *morning) companyOf(folder string) *company {
	p, err := profile.Open(folder)
	if err != nil {
		m.Fatal(err)
	}
	passphrase, err := profile.ReadPassphrase(filepath.Join(folder, p.PassphraseFile))
	if err != nil {
		m.Fatal(err)
	}
	key, err := p.Unlock(p.Key, passphrase)
	if err != nil {
		m.Fatal(err)
	}
	c := &company{T: m.T, id: p.Party, book: p.Book}
	if c.own, err = client.New(client.Options{Gateway: p.Gateway, Key: key, Party: p.Party}); err != nil {
		m.Fatal(err)
	}
	return c
}

// collects has Anna's note come to the collector, who tells her, and finds its case.
func (m *morning) collects() {
	m.debt.buys(m.note, m.lender)
	m.debt.does(ledger.OpNotice, string(m.note), ledger.NoticeBody{Holder: m.debt.id, DeliveredOn: finance.DateOf(time.Now()), Channel: "letter"})
	m.karin.until("/desk/search?q="+string(m.note), "is no case", func() bool { return strings.HasPrefix(m.karin.path(), "/desk/cases/") })
	m.file = m.karin.path()
	m.karin.follows(m.karin.attribute(`main .case-person a[href*="/persons/"]`, "href"))
	m.karin.writes("phones", "070-174 06 50")
	m.karin.sends(m.karin.path())
}

// walksTheWorklistByKeyboard opens a row, comes back, takes the next one that is free
// and finds a caller, without a hand on the mouse.
func (m *morning) walksTheWorklistByKeyboard() {
	m.karin.opens("/desk/today")
	m.karin.presses("j")
	m.karin.presses("j")
	m.karin.must(`#live tr[data-row][data-chosen]:nth-of-type(2)`)
	m.karin.presses("k")
	wanted := m.karin.attribute(`#live tr[data-chosen] th a`, "href")
	m.karin.goes("opening the row", key("Enter"))
	if got := m.karin.path(); got != wanted && !strings.HasPrefix(got, "/desk/") {
		m.Fatalf("the row of %s opens %s", wanted, got)
	}
	m.karin.opens("/desk/today")
	m.karin.presses("?")
	m.karin.comes("dialog#keys[open]")
	m.karin.presses("Escape")
	m.karin.comes("dialog#keys:not([open])")
	m.karin.presses("/")
	m.karin.comes("#q:focus")
	m.karin.do("typing a number", chromedp.KeyEvent("0701740650"))
	m.karin.goes("searching", key("Enter"))
	if got := m.karin.path(); got != m.file {
		m.Fatalf("the number leads to %s, want %s:\n%s", got, m.file, m.karin.shown())
	}
}

// presses presses a key.
func (p *person) presses(name string) {
	p.Helper()
	p.do("pressing "+name, key(name))
}

// takesACallByNumber logs what Anna said, with what is to be done next.
func (m *morning) takesACallByNumber() {
	m.karin.opens(m.file)
	m.karin.reads("Anna Andersson")
	m.karin.follows(m.file + "/contact")
	m.karin.sets("direction", "in")
	m.karin.writes("words", "Has less work until spring. Can pay 6,000 a month.")
	m.karin.sends(m.file + "/contact")
	m.karin.must(`main .happened`)
	m.karin.reads("Has less work until spring.")
}

// agreesOnAPlan builds a plan while Anna is on the line, and she accepts it with her
// passkey on the phone.
func (m *morning) agreesOnAPlan() {
	m.karin.opens(m.file + "/plan")
	m.karin.writes("monthly", "6000")
	m.karin.goes("proposing the plan", clicks(`main button[value="propose"]`))
	m.confirms(m.karin)
	m.anna.at(phone)
	m.anna.awaits(m.page("/proposal"), formTo(m.page("/proposal"), "accept"))
	m.anna.sees("plan-from-the-desk")
	m.anna.sends(m.page("/proposal"), "accept")
	m.anna.answers()
	if n := m.readAs(m.debt); len(n.Amendments) != 1 {
		m.Fatalf("the plan is not in force: %+v", n)
	}
	m.karin.awaits(m.file, `main .status.done`)
}

// confirms reads what an act will do, and does it.
func (m *morning) confirms(p *person) {
	m.Helper()
	if !strings.HasPrefix(p.path(), "/desk/check/") {
		m.Fatalf("nothing is to be checked at %s:\n%s", p.path(), p.shown())
	}
	p.sends(p.path())
}

// caseOf opens the case of somebody of the demonstration.
func (m *morning) caseOf(name string) string {
	m.karin.opens("/desk/search?q=" + strings.ReplaceAll(name, " ", "+"))
	m.karin.reads(name)
	return m.karin.path()
}

// takesBackALateFee finds the fee that a rule has charged with its reminder, and takes it
// back with a reason.
func (m *morning) takesBackALateFee() {
	const fee = `main form[action$="/override"] [name="amount"]`
	m.caseOf("Jasmin Kaya")
	for _, path := range m.karin.linksTo("/desk/decisions/") {
		if m.karin.opens(path); m.karin.has(fee) {
			break
		}
	}
	m.karin.must(fee)
	before := m.karin.path()
	m.karin.writes("override_reason", "The reminder went to an address that she had told us is wrong.")
	m.karin.goes("checking it", clicks(`main form[action$="/override"] button`))
	m.confirms(m.karin)
	if got := m.karin.path(); got != before {
		m.Fatalf("the override ends at %s:\n%s", got, m.karin.shown())
	}
	m.karin.reads("The reminder went to an address")
}

// showsMercyWithASecondPerson takes interest off that one person may not take off alone.
func (m *morning) showsMercyWithASecondPerson() {
	file := m.caseOf("Hanna Roos")
	path := file + "/do/relief"
	m.karin.opens(path)
	m.karin.ticks("part", "interest")
	m.karin.ticks("ground", "hardship")
	m.karin.writes("relieved", "600")
	m.karin.writes("reason", "Her husband died in October.")
	m.karin.sends(path)
	m.confirms(m.karin)
	m.karin.must("main .happened")
	before := m.owedOn(file)
	m.agrees("Her husband died in October.")
	if before <= m.owedOn(file) {
		m.Errorf("after Maria has agreed as much is owed as before:\n%s", m.karin.shown())
	}
}

// owedOn reads what a case says is owed, in whole crowns.
func (m *morning) owedOn(file string) int {
	m.Helper()
	m.karin.opens(file)
	return evaluate[int](m.karin, `parseInt(document.querySelector("main .sum").textContent.replace(/[^0-9.]/g, ""))`)
}

// agrees has Maria read what waits for a second person, and agree.
func (m *morning) agrees(reason string) {
	m.Helper()
	m.maria.awaits("/desk/approvals", `#live tr[data-row]`)
	m.maria.followsRow(reason)
	m.maria.reads(reason)
	m.maria.goes("agreeing", clicks(`main button[name="verdict"][value="agreed"]`))
}

// keepsACallBack calls whom it was promised to.
func (m *morning) keepsACallBack() {
	m.karin.opens("/desk/calls")
	m.karin.followsRow("Mads Holm")
	m.karin.writes("words", "Har fået svar på alt.")
	m.karin.goes("logging the call", clicks(`main form[action$="/made"] button`))
	m.karin.must(`main .status.done`)
}

// answersAnObjection says what becomes of what Fatima says is wrong.
func (m *morning) answersAnObjection() {
	file := m.caseOf("Fatima Haddad")
	m.karin.goes("answering", clicks(`main a[href*="/do/dispute.resolve"]`))
	m.karin.ticks("outcome", "upheld")
	m.karin.writes("reason", "You are right. The first payment is due in December.")
	m.karin.goes("checking the answer", clicks(formTo(file+"/do/dispute.resolve")+" button"))
	m.confirms(m.karin)
	m.karin.must("main .happened")
	m.karin.loses(file, `main a[href*="/do/dispute.resolve"]`)
}

// isRated has Anna say how it was to talk with Karin.
func (m *morning) isRated() {
	m.anna.awaits(m.page("/journal"), `main a[href^="/s/"]`)
	m.anna.sees("journal-of-the-desk")
	m.anna.follows(m.anna.attribute(`main a[href^="/s/"]`, "href"))
	m.anna.sees("how-was-it")
	for _, question := range []string{"overall", "expected", "ideal"} {
		m.anna.ticks(question, "9")
	}
	m.anna.sends(m.anna.path())
	m.anna.sees("rated")
}

// countedWithin bounds the wait for what was done to be in the report, which is counted
// once a minute.
const countedWithin = 3 * time.Minute

// seesTheChartChange has the report count the plan of this morning beside that of the
// day. What Anna has said of Karin it counts tomorrow: on the same day Karin would know
// who said it.
func (m *morning) seesTheChartChange() {
	m.karin.within(countedWithin, "/desk/reports", "does not count two plans", func() bool {
		return strings.Contains(evaluate[string](m.karin, `document.querySelector("#plans")?.textContent ?? ""`), "resting on 2")
	})
	if m.karin.has("#content .sum") {
		m.Errorf("the report tells today what was said today:\n%s", m.karin.shown())
	}
}
