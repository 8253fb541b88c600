package main

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// The red team is the operator of the collector's gateway. It has every key that
// its organisation holds: those of its tokens and its identity on the ledger, with
// which it submits what it likes past its own gateway. It has its database, all
// public data and every signed command that it has ever seen. It has no key of any
// party, neither of those that other organisations host nor of its own customers,
// who keep theirs; and of parties that it makes up.
type redTeam struct {
	*world
	service ledger.Service // as the collector's organisation
	mole    *actor         // a party of its own making

	lender, borrower *actor // of other organisations
	customer         *actor // of its own, which keeps its key
	debtor           *actor // the customer's borrower
	passer           *actor // a person whom the organisation hosts, and who has nothing to lose
	book, own        string // the lender's book and the customer's
	note             ledger.NoteID
	customers        ledger.NoteID // the customer's note
	transfer         ledger.CommandID
}

func newRedTeam(t *testing.T) *redTeam {
	t.Helper()
	w := newWorld(t, inproc.Options{})
	r := &redTeam{
		world: w, service: w.ledger.Service(inproc.Collector), lender: w.party("lender", "lender", "company"),
		borrower: w.party("borrower", "registrar", "person"), customer: w.party("customer", "collector", "company"),
		debtor: w.party("debtor", "collector", "person"), passer: w.party("passer", "collector", "person"), mole: w.party("mole", "collector", "company"),
	}
	r.book, r.own = w.book(r.lender), w.book(r.customer)
	path := w.note(r.lender, r.borrower, r.book)
	r.note = ledger.NoteID(strings.TrimPrefix(path, "/v1/notes/"))
	w.mustPay(r.lender, path, 100)
	resultOf(w, w.write(r.borrower, path+"/disputes", `{"text":"No."}`), http.StatusOK)
	offered := resultOf(w, w.write(r.lender, path+"/transfers", fmt.Sprintf(`{"to":%q,"kind":"sale","form":"full"}`, r.customer.party)), http.StatusOK)
	r.transfer = offered.Command
	r.customers = ledger.NoteID(strings.TrimPrefix(w.note(r.customer, r.debtor, r.own), "/v1/notes/"))
	return r
}

// attack is an operation that the red team tries: its subject and its body, so
// that the rightful party could do it, and what becomes of it when the mole, which
// is a party with a key, signs it in its own name.
type attack struct {
	subject string
	body    string
	mole    ledger.Code // "" where it is the mole's own business
}

// attacks has one for every operation that there is.
func (r *redTeam) attacks() map[ledger.Op]attack {
	note, transfer := string(r.note), fmt.Sprintf(`{"transfer":%q}`, r.transfer)
	key := string(mustJSON(r.t, r.mole.ledgerKey(r.t)))
	const forbidden = ledger.CodeRoleForbidden
	all := map[ledger.Op]attack{
		ledger.OpPartyRegister:    {"", `{"kind":"company","name":"Fjord","keys":[` + key + `]}`, ""},
		ledger.OpPartyRotate:      {string(r.lender.party), `{"add":[` + key + `]}`, forbidden},
		ledger.OpPartyRevoke:      {string(r.lender.party), `{}`, forbidden},
		ledger.OpPartyAdmit:       {string(r.lender.party), `{}`, ledger.CodeNotProposed},
		ledger.OpBookOpen:         {"", `{}`, ""},
		ledger.OpBookMove:         {note, fmt.Sprintf(`{"book":%q}`, r.own), forbidden},
		ledger.OpOffer:            {"", offerBody(r.book, r.borrower, noon.Add(48*time.Hour)), ledger.CodeBookNotOwn},
		ledger.OpAccept:           {note, `{"offer":"` + strings.Repeat("A", 42) + `E"}`, forbidden},
		ledger.OpDecline:          {note, `{}`, forbidden},
		ledger.OpWithdraw:         {note, `{}`, forbidden},
		ledger.OpExpire:           {note, `{}`, ledger.CodeNoteActive},
		ledger.OpTransferOffer:    {note, fmt.Sprintf(`{"to":%q,"kind":"sale","form":"full"}`, r.mole.party), forbidden},
		ledger.OpTransferAccept:   {note, fmt.Sprintf(`{"transfer":%q,"book":%q}`, r.transfer, r.own), forbidden},
		ledger.OpTransferReject:   {note, transfer, forbidden},
		ledger.OpTransferWithdraw: {note, transfer, forbidden},
		ledger.OpPledgeRelease:    {note, `{}`, forbidden},
		ledger.OpMandateEnd:       {note, `{}`, forbidden},
		ledger.OpNotice:           {note, fmt.Sprintf(`{"holder":%q,"delivered_on":"2026-06-15","channel":"letter"}`, r.mole.party), forbidden},
		ledger.OpPay:              {note, pay(100), forbidden},
		ledger.OpPayReverse:       {note, `{"payment":3,"reason":"x"}`, forbidden},
		ledger.OpForgive:          {note, `{"amount":{"amount":100,"currency":"SEK"}}`, forbidden},
		ledger.OpDisputeRaise:     {note, `{"text":"x"}`, forbidden},
		ledger.OpDisputeResolve:   {note, `{"dispute":4,"outcome":"dismissed","text":"x"}`, forbidden},
		ledger.OpFreeze:           {note, `{"ground":"x"}`, forbidden},
		ledger.OpRelease:          {note, `{}`, forbidden},
		ledger.OpErase:            {note, `{}`, forbidden},
	}
	maps.Copy(all, r.attacksOnPeople(key))
	maps.Copy(all, r.attacksOnAgreements())
	maps.Copy(all, r.attacksOnReliefs())
	maps.Copy(all, r.attacksOnTime())
	return all
}

// attacksOnPeople are those on who acts for whom, and with which keys. The debtor is
// the one to try: the organisation hosts it, and may open a recovery for it, of which
// nothing follows without a company of another (see TestHostAloneRecoversNobody).
func (r *redTeam) attacksOnPeople(key string) map[ledger.Op]attack {
	debtor, until := string(r.debtor.party), "2027-06-15"
	const forbidden = ledger.CodeRoleForbidden
	return map[ledger.Op]attack{
		ledger.OpPartyContact:     {string(r.lender.party), `{"human":"Moa","phone":"+46812345678","hours":"8-17"}`, forbidden},
		ledger.OpAttorneyGrant:    {debtor, fmt.Sprintf(`{"representative":%q,"scopes":["sign"],"until":%q,"ground":"guardian"}`, r.passer.party, until), forbidden},
		ledger.OpAttorneyRevoke:   {debtor, `{"grant":1}`, forbidden},
		ledger.OpRecoveryOpen:     {string(r.passer.party), r.newKeys(key), ""},
		ledger.OpRecoveryConfirm:  {debtor, fmt.Sprintf(`{"recovery":2,"keys":[%q],"identified":"x"}`, r.mole.ledgerKey(r.t).ID), forbidden},
		ledger.OpRecoveryObject:   {debtor, `{"recovery":2}`, ledger.CodeRecoveryNone},
		ledger.OpRecoveryComplete: {debtor, `{"recovery":2}`, ledger.CodeKeyUnknown}, // signed by a key that a recovery names, and none is open
	}
}

// newKeys is the body of a recovery that the red team opens.
func (r *redTeam) newKeys(key string) string {
	return fmt.Sprintf(`{"keys":[%s],"identified":"x","witness":%q}`, key, r.lender.party)
}

// attacksOnAgreements are those on what was paid and how the rest is.
func (r *redTeam) attacksOnAgreements() map[ledger.Op]attack {
	note, plan := string(r.note), `"amendment":{"kind":"plan","instalments":6,"first_due":"2026-08-31"}`
	const forbidden = ledger.CodeRoleForbidden
	return map[ledger.Op]attack{
		ledger.OpPayClaim:      {note, strings.TrimSuffix(pay(100), "}") + `,"text":"x"}`, forbidden},
		ledger.OpPayDeny:       {note, `{"claim":5,"text":"x"}`, forbidden},
		ledger.OpAmendPropose:  {note, `{` + plan + `}`, forbidden},
		ledger.OpAmendAccept:   {note, `{"proposal":6,` + plan + `}`, forbidden},
		ledger.OpAmendReject:   {note, `{"proposal":6}`, forbidden},
		ledger.OpAmendWithdraw: {note, `{"proposal":6}`, forbidden},
	}
}

// command writes the command of an attack in somebody's name, with the number that
// would be next.
func (r *redTeam) command(op ledger.Op, a attack, by ledger.PartyID) *ledger.Command {
	r.t.Helper()
	d := ledger.Draft{
		Op: op, Network: r.service.Network(), By: by, Subject: a.subject, Seq: r.next(op, a.subject),
		Command: ledger.CommandID(uuid.NewString()), IssuedAt: r.clock.Now(), Body: json.RawMessage(a.body),
	}
	cmd, err := d.Build()
	if err != nil {
		r.t.Fatalf("%s: %v", op, err)
	}
	return cmd
}

// next gives the number that is next, which every member of the network can see.
func (r *redTeam) next(op ledger.Op, subject string) uint64 {
	r.t.Helper()
	switch kind, creates, _ := ledger.KindOf(op); {
	case creates:
		return 1
	case kind == ledger.KindParty:
		v, err := r.service.Parties(r.t.Context(), ledger.PartyID(subject))
		if err != nil {
			r.t.Fatal(err)
		}
		return v[0].Record.Seq + 1
	}
	v, err := r.service.Notes(r.t.Context(), ledger.NoteID(subject))
	if err != nil {
		r.t.Fatal(err)
	}
	return v[0].Record.Seq + 1
}

// forge signs a command with the mole's key and names another as the signer's.
func (r *redTeam) forge(cmd *ledger.Command, kid string) ledger.Signed {
	r.t.Helper()
	payload, err := cmd.Canonical()
	if err != nil {
		r.t.Fatal(err)
	}
	header, err := ledger.Canonical(map[string]string{"alg": "EdDSA", "kid": kid, "typ": sign.Type})
	if err != nil {
		r.t.Fatal(err)
	}
	input := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(payload)
	signature := ed25519.Sign(r.mole.key.(ed25519.PrivateKey), []byte(input))
	return ledger.Signed{JWS: input + "." + base64.RawURLEncoding.EncodeToString(signature)}
}

// submit hands a command in past the gateway, as the collector's organisation.
func (r *redTeam) submit(signed ledger.Signed) ledger.Outcome {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	outcomes, err := r.service.Submit(ctx, signed)
	if err != nil {
		return ledger.Outcome{State: ledger.Rejected, Err: ledger.Refuse(ledger.CodeOf(err))}
	}
	return outcomes[0]
}

// refusalOf gives the code of an outcome; "" where nothing was refused.
func refusalOf(o ledger.Outcome) ledger.Code {
	if o.Err == nil {
		return ""
	}
	return o.Err.Code
}

// refuse says that a command must be refused with a code.
func (r *redTeam) refuse(what string, signed ledger.Signed, want ledger.Code) {
	r.t.Helper()
	if o := r.submit(signed); o.State != ledger.Rejected || refusalOf(o) != want {
		r.t.Errorf("%s: %s %v, want %s", what, o.State, o.Err, want)
	}
}

// victims is what must be the same before and after: the lender's note, the
// customer's, and who they all are.
func (r *redTeam) victims() any {
	r.t.Helper()
	notes, err := r.ledger.Service(inproc.Registrar).Notes(r.t.Context(), r.note, r.customers)
	if err != nil {
		r.t.Fatal(err)
	}
	people, err := r.service.Parties(r.t.Context(), r.lender.party, r.borrower.party, r.customer.party, r.debtor.party)
	if err != nil {
		r.t.Fatal(err)
	}
	var state []any
	for _, n := range notes {
		state = append(state, n.Record, n.Holder)
	}
	for _, p := range people {
		state = append(state, p.Record)
	}
	return state
}

// TestNoGatewayCanActForAParty is the promise of that name, tried by who has most
// to gain from breaking it.
func TestNoGatewayCanActForAParty(t *testing.T) {
	r := newRedTeam(t)
	before, attacks := r.victims(), r.attacks()
	for _, op := range ledger.Operations() {
		a, ok := attacks[op]
		if !ok {
			t.Errorf("the red team does not try %s", op)
			continue
		}
		t.Run(string(op), func(t *testing.T) {
			r.forgeries(op, a)
			o := r.submit(r.mole.sign(t, canonical(t, r.command(op, a, r.mole.party))))
			if got := refusalOf(o); got != a.mole || (a.mole == "") != (o.State == ledger.Committed) {
				t.Errorf("in its own name: %s %v, want %q", o.State, o.Err, a.mole)
			}
		})
	}
	if after := r.victims(); !reflect.DeepEqual(before, after) {
		t.Errorf("something was done all the same:\n%+v\n%+v", before, after)
	}
}

// forgeries tries an operation in the name of each party that has a key of its own,
// at the ledger and at the gateways.
func (r *redTeam) forgeries(op ledger.Op, a attack) {
	r.t.Helper()
	if op == ledger.OpPartyRegister {
		return // signed by the keys that it brings, in nobody's name
	}
	for _, c := range []struct {
		victim           *actor
		itsKey, otherKey ledger.Code // when the victim's key is named as the signer's, and when the mole's is
	}{
		{r.lender, ledger.CodeSignatureWrong, ledger.CodeKeyUnknown},
		{r.customer, ledger.CodeSignatureWrong, ledger.CodeKeyUnknown},
		{r.debtor, ledger.CodeSignatureWrong, ledger.CodeKeyUnknown},
		// A person's keys are not even shown to other organisations than the host.
		{r.borrower, ledger.CodeNotEntitled, ledger.CodeNotEntitled},
	} {
		if op == ledger.OpRecoveryComplete && c.itsKey == ledger.CodeSignatureWrong {
			c.itsKey = a.mole // which no key of before signs either
		}
		cmd := r.command(op, a, c.victim.party)
		r.refuse(c.victim.name+"'s key named", r.forge(cmd, c.victim.ledgerKey(r.t).ID), c.itsKey)
		r.refuse(c.victim.name+", another key named", r.forge(cmd, r.mole.ledgerKey(r.t).ID), c.otherKey)
	}
}

func canonical(t *testing.T, cmd *ledger.Command) []byte {
	t.Helper()
	payload, err := cmd.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

// TestForgedTokensOpenNothingOfOthers: with the keys of its own gateway the red team
// writes tokens as it likes. They open what its organisation may read in any case.
func TestForgedTokensOpenNothingOfOthers(t *testing.T) {
	r := newRedTeam(t)
	keys, err := auth.OpenKeys(keysFolder(r.gateways["collector"].opts.data), r.clock.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	forged := func(gateway string, victim *actor) *actor {
		url := r.gateways[gateway].url
		thief := &actor{name: "thief", gateway: gateway, party: victim.party, prover: newProver(), key: r.mole.key, expires: r.clock.Now().Add(time.Minute)}
		thief.token, err = keys.Sign(mustJSON(t, map[string]any{
			"iss": url, "sub": victim.party, "aud": url, "client_id": victim.party, "jti": "1", "scope": auth.AllScopes().String(),
			"cnf": map[string]any{"jkt": thief.prover.Thumbprint()}, "skuld_kid": victim.ledgerKey(t).ID,
			"iat": r.clock.Now().Unix(), "exp": r.clock.Now().Add(time.Minute).Unix(),
		}), "at+jwt")
		if err != nil {
			t.Fatal(err)
		}
		return thief
	}
	for _, c := range []struct {
		gateway string
		victim  *actor
		want    int
	}{
		{"lender", r.lender, http.StatusUnauthorized},
		{"registrar", r.borrower, http.StatusUnauthorized},
		{"collector", r.lender, http.StatusUnauthorized},
		{"collector", r.borrower, http.StatusUnauthorized},
		{"collector", r.customer, http.StatusOK}, // its own reads
	} {
		thief := forged(c.gateway, c.victim)
		if got := r.ask(thief, "GET", "/v1/notes", nil, nil); got.status != c.want {
			t.Errorf("a token of %s at the gateway of %s: %d %s, want %d", c.victim.name, c.gateway, got.status, got.body, c.want)
		}
	}
	thief := forged("collector", r.customer)
	path := "/v1/notes/" + string(r.customers) + "/payments"
	if got := r.ask(thief, "POST", path, r.sealed(thief, r.draft(thief, path, pay(100))), nil); codeOf(got) != ledger.CodeKeyUnknown {
		t.Errorf("its customer's note with a forged token and a forged signature: %d %s", got.status, got.body)
	}
}

// TestRedTeamReadsWhatItsOrganisationMayAndNoMore goes past the gateway as well.
func TestRedTeamReadsWhatItsOrganisationMayAndNoMore(t *testing.T) {
	r := newRedTeam(t)
	strangers := r.world.note(r.lender, r.borrower, r.book)
	hidden := ledger.NoteID(strings.TrimPrefix(strangers, "/v1/notes/"))
	views, err := r.service.Notes(t.Context(), hidden, r.customers)
	if err != nil {
		t.Fatal(err)
	}
	if v := views[0]; v.Note != nil || ledger.CodeOf(v.Err) != ledger.CodeNotEntitled || v.Record.Seq == 0 {
		t.Errorf("a note of others: %+v, want its public record alone", v)
	}
	if v := views[1]; v.Note == nil || v.Err != nil {
		t.Errorf("its customer's note: %+v", v)
	}
	if entries, err := r.service.History(t.Context(), hidden.Subject(), 1, 10); err == nil || len(entries) > 0 {
		t.Errorf("the history of others' note: %d entries, %v", len(entries), err)
	}
	people, err := r.service.Parties(t.Context(), r.borrower.party, r.debtor.party)
	if err != nil {
		t.Fatal(err)
	}
	if people[0].Party != nil || people[0].Record.Seq == 0 {
		t.Errorf("a person whom another organisation hosts: %+v, want the public record alone", people[0])
	}
	if people[1].Party == nil {
		t.Error("a person whom it hosts is not shown to it")
	}
}
