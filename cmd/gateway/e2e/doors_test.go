package e2e

import (
	"fmt"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// TestABorrowerIsHeard goes through what a borrower can do about a debt beside paying
// it, with the lender's answers.
func TestABorrowerIsHeard(t *testing.T) {
	j := begin(t, nil) // which the other journey looks at
	j.anna.look = newCamera(t)
	j.saysThatSheHasPaid()
	j.proposesAPlan()
	j.isHelpedBySomeone()
	j.hasASecondDevice()
}

// saysThatSheHasPaid claims a payment, which the lender does not find.
func (j *journey) saysThatSheHasPaid() {
	j.anna.opens(j.page("/paid"))
	j.anna.writes("words", "Betalt från mammas konto.")
	j.anna.writes("amount", "5000")
	j.anna.sets("paid_on", finance.DateOf(time.Now()).String())
	j.anna.writes("bank", "OCR 4711")
	j.anna.sends(j.page("/paid"))
	j.anna.seesEverywhere("signing-claim")
	j.anna.answers()
	j.anna.sees("claimed")
	claims := j.read().Claims
	if len(claims) != 1 {
		j.Fatalf("the claims are %+v", claims)
	}
	const answer = "Vi hittar ingen betalning; skicka gärna kvittot."
	j.lender.does(ledger.OpPayDeny, string(j.note), ledger.PayDenyBody{Claim: claims[0].Seq, Text: answer})
	j.anna.awaits(j.page(""), "main blockquote")
	j.anna.reads(answer)
	j.anna.seesEverywhere("claim-denied")
}

// proposesAPlan compares ways to pay less a month, and gets one of them.
func (j *journey) proposesAPlan() {
	j.anna.opens(j.page("/help?monthly=3000&months=3"))
	j.anna.sees("ways")
	j.anna.goes("choosing the plan", clicks(formTo(j.page("/help"))+` button[name="way"][value="plan"]`))
	j.anna.seesEverywhere("signing-plan")
	j.anna.answers()
	j.anna.sees("plan-proposed")
	proposal := j.read().Proposal
	if proposal == nil {
		j.Fatal("nothing is proposed")
	}
	j.lender.does(ledger.OpAmendAccept, string(j.note), ledger.AmendAcceptBody{Proposal: proposal.Seq, Amendment: proposal.Amendment})
	j.anna.awaits(j.page(""), "main .plan")
	j.anna.seesEverywhere("plan-agreed")
	if n := j.read(); len(n.Amendments) != 1 {
		j.Errorf("the plan is not in force: %+v", n)
	}
}

// isHelpedBySomeone lets Bo see the note and talk about it, and takes that back.
func (j *journey) isHelpedBySomeone() {
	j.anna.opens("/me/helpers")
	j.anna.writes("name", "Bo Berg")
	j.anna.sends("/me/helpers")
	j.anna.sees("helper-invited")
	link := j.anna.attribute(`main a[href*="/i/"]`, "href")

	bo := j.browser.person(j.T, j.anna.site, j.anna.look)
	bo.opens(link)
	bo.seesEverywhere("helper-invitation")
	bo.answers()
	bo.answers()

	j.anna.awaits("/me/helpers", `main a.button[href^="/me/helpers/"]`)
	grant := j.anna.attribute(`main a.button[href^="/me/helpers/"]`, "href")
	j.anna.follows(grant)
	j.anna.seesEverywhere("helper-powers")
	j.anna.ticks("scopes", string(ledger.ScopeSee))
	j.anna.ticks("scopes", string(ledger.ScopeTalk))
	j.anna.sets("until", finance.DateOf(time.Now()).AddMonths(3, 1).String())
	j.anna.sends(grant)
	j.anna.sees("signing-power")
	j.anna.answers()
	j.anna.sees("helper-granted")

	bo.awaits("/me", fmt.Sprintf(`main a[href=%q]`, j.page("")))
	bo.seesEverywhere("helping")
	bo.follows(j.page(""))
	bo.reads("Anna Andersson")
	bo.seesEverywhere("note-helping")
	bo.opens(j.page("/wrong"))
	bo.writes("words", "Anna har fått fel ränta.")
	bo.sends(j.page("/wrong"))
	bo.reads("Anna Andersson")
	bo.sees("signing-for-another")
	bo.answers()
	if d := j.read().Disputes; len(d) == 0 || d[len(d)-1].Via == "" {
		j.Errorf("the dispute that Bo raised is the last of %+v", d)
	}

	j.anna.opens("/me/helpers")
	j.anna.seesEverywhere("helpers")
	j.anna.sends("/me/helpers/revoke")
	j.anna.sees("signing-revocation")
	j.anna.answers()
	j.anna.sees("helper-revoked")
	bo.loses("/me", fmt.Sprintf(`main a[href=%q]`, j.page("")))
}

// hasASecondDevice lets a new device in with a code, and puts the first away.
func (j *journey) hasASecondDevice() {
	j.anna.opens("/me/keys")
	j.anna.sends("/me/keys/invite")
	j.anna.sees("device-invited")
	link := j.anna.attribute(`main a[href*="/i/"]`, "href")

	desk := j.browser.person(j.T, j.anna.site, j.anna.look)
	desk.opens(link)
	desk.seesEverywhere("device-invitation")
	desk.answers()
	desk.sees("device-waits")

	j.anna.awaits("/me/keys", formTo("/me/keys/device"))
	j.anna.sees("device-asks")
	j.anna.sends("/me/keys/device")
	j.anna.sees("signing-device")
	j.anna.answers()
	j.anna.sees("device-let-in")

	desk.awaits("/signin", "main form[data-passkey]")
	desk.answers()
	if got := desk.path(); got != "/me" {
		j.Fatalf("with the new device Anna is at %s:\n%s", got, desk.shown())
	}
	desk.awaits("/me", fmt.Sprintf(`main a[href=%q]`, j.page("")))
}
