package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/uuid"
	"rsc.io/qr"

	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/cmd/skuld/skuldtest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

// usedBy uses an invitation as the registrar's pages do for a person who has made a
// passkey there, and gives its public key.
func (w *world) usedBy(invitation map[string]any, party string) ledger.Key {
	w.t.Helper()
	c, ok := code.Read(invitation["code"].(string))
	if !ok {
		w.t.Fatalf("the invitation %v has no code", invitation)
	}
	device, err := authenticator.NewSynced(ledger.Passkey{RPID: "localhost", Origin: skuldtest.PagesOrigin}, "new phone")
	if err != nil {
		w.t.Fatal(err)
	}
	key, err := device.Key()
	if err != nil {
		w.t.Fatal(err)
	}
	used, err := w.Registrar.UseInvitation(w.t.Context(), store.InvitationUse{Code: c, Party: ledger.PartyID(party), Key: &key}, w.now())
	if err != nil || used == nil {
		w.t.Fatalf("using the invitation: %v, %v", used, err)
	}
	return key
}

func TestPersonIsInvitedAtTheRegistrarFromAnotherOrganisation(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	anna := w.register("anna", "registrar", "person", false)
	w.refused("no_pages", "lender", "invite", "create", "--name", "Anna Berg")
	at := w.Gateways["registrar"]
	made := w.must("lender", "invite", "create", "--name", "Anna Berg", "--phone", "+46701234567", "--registrar", at)
	if link, _ := made["link"].(string); link != skuldtest.PagesOrigin+"/i/"+made["code"].(string) {
		t.Errorf("the link is %q", link)
	}
	if p, err := profile.Open(w.path(".config", "skuld", "lender")); err != nil || p.Registrar != at {
		t.Errorf("the profile remembers the registrar %q, %v", p.Registrar, err)
	}
	w.usedBy(made, anna)
	id := made["id"].(string)
	if shown := w.must("lender", "invite", "show", id); shown["state"] != "used" || shown["party"] != anna || shown["code"] != nil {
		t.Errorf("afterwards it is %v", shown)
	}
	w.refused("invitation_state", "lender", "invite", "revoke", id)
	note := w.must("lender", "note", "show", w.offer("lender", id))["note"].(map[string]any)
	if b := note["borrowers"].([]any)[0].(map[string]any); b["name"] != "Anna Berg" || b["party"] != anna || note["payee"] != "lender" {
		t.Errorf("the note that is offered to the invitation names %v and %v", b, note["payee"])
	}
	second := w.must("lender", "invite", "create", "--name", "Bo Ek", "--language", "da")["id"].(string)
	w.must("lender", "invite", "revoke", second)
	list := w.run("lender", "invite", "list")
	for _, want := range []string{id, "Anna Berg", "used", second, "Bo Ek", "revoked"} {
		if !strings.Contains(list.out, want) {
			t.Errorf("the list lacks %s:\n%s", want, list.out)
		}
	}
	w.refused("request_malformed", "lender", "invite", "create", "--name", "Anna", "--phone", "070")
	w.refused("scope_missing", "anna", "invite", "list", "--registrar", at)
}

func TestNoteIsLinkedToAndWhoAsksIsCalled(t *testing.T) {
	w := newWorld(t)
	w.register("lender", "lender", "company", true)
	w.register("stranger", "collector", "company", false)
	anna := w.register("anna", "registrar", "person", false)
	note, at := w.offer("lender", anna), w.Gateways["registrar"]
	link := w.must("lender", "link", note, "--registrar", at)
	w.refused("not_found", "stranger", "link", note, "--registrar", at)
	if c, ok := code.Read(link["code"].(string)); !ok || link["link"] != skuldtest.PagesOrigin+"/n/"+c.String() {
		t.Errorf("the link is %v", link)
	}
	asked := store.Callback{ID: uuid.NewString(), Note: ledger.NoteID(note), Number: "070-1", Language: ledger.Swedish, Words: "Hej\x1b[2J", Created: w.now()}
	if added, err := w.Registrar.AddCallback(t.Context(), asked); err != nil || !added {
		t.Fatal(added, err)
	}
	list := w.run("lender", "callback", "list")
	if !strings.Contains(list.out, asked.ID) || !strings.Contains(list.out, "070-1") || strings.ContainsRune(list.out, '\x1b') {
		t.Errorf("the list is %q", list.out)
	}
	w.refused("not_found", "stranger", "callback", "take", asked.ID)
	said := link["code"].(string)[:4]
	if r := w.run("lender", "callback", "take", asked.ID, "--name", "Eva Lund"); r.code != exitOK || !strings.Contains(r.out, "Say your name and "+said) {
		t.Errorf("who takes the call is told %s%s", r.out, r.err)
	}
	if done := w.must("lender", "callback", "done", asked.ID, "--outcome", "Pays on the 25th"); done["state"] != "done" || done["taken_name"] != "Eva Lund" {
		t.Errorf("it is %v", done)
	}
	w.refused("callback_state", "lender", "callback", "done", asked.ID, "--outcome", "Again")
	if open := w.run("lender", "callback", "list"); !strings.Contains(open.out, "nobody waits") {
		t.Errorf("afterwards the list is %q", open.out)
	}
	if all := w.run("lender", "callback", "list", "--all"); !strings.Contains(all.out, asked.ID) {
		t.Errorf("the list of all is %q", all.out)
	}
}

func TestCompanySaysHowToReachIt(t *testing.T) {
	w := newWorld(t)
	lender := w.register("lender", "lender", "company", false)
	w.register("collector", "collector", "company", false)
	w.must("lender", "contact", "set", "--human", "Eva Lund", "--phone", "+46812345678", "--hours", "Mon-Fri 8-18", "--licence", "Finansinspektionen 2024-123")
	shown := w.run("collector", "contact", "show", lender)
	for _, want := range []string{"Eva Lund", "+46812345678", "Mon-Fri 8-18", "Finansinspektionen 2024-123"} {
		if !strings.Contains(shown.out, want) {
			t.Errorf("the contact lacks %s:\n%s", want, shown.out)
		}
	}
	if r := w.run("lender", "contact", "set", "--human", "Eva Lund"); r.code != exitUsage || !strings.Contains(r.err, "(body_invalid)") {
		t.Errorf("without a number it is set: %d %s", r.code, r.err)
	}
}

func TestLostKeysAreRecoveredByTwoOrganisations(t *testing.T) {
	w := newWorld(t)
	w.register("desk", "registrar", "company", false)
	w.register("other", "registrar", "company", false)
	witness := w.register("witness", "collector", "company", false)
	anna := w.register("anna", "registrar", "person", false)
	w.refused("role_forbidden", "witness", "invite", "create", "--purpose", "recovery", "--party", anna, "--name", "Anna", "--registrar", w.Gateways["registrar"])
	made := w.must("desk", "invite", "create", "--purpose", "recovery", "--party", anna, "--name", "Anna Berg")
	id := made["id"].(string)
	if r := w.run("desk", "recovery", "open", id, "--witness", witness, "--identified", "Passport"); r.code != exitUsage {
		t.Errorf("before she has made a passkey: %d %s", r.code, r.err)
	}
	if told, err := w.Registrar.Messages(t.Context(), ledger.PartyID(anna)); err != nil || len(told) != 1 || told[0].About != id {
		t.Errorf("she was told %+v, %v", told, err)
	}
	if r := w.run("witness", "recovery", "show", anna); r.code != exitUsage || !strings.Contains(r.err, "no recovery") {
		t.Errorf("before it is open: %d %s", r.code, r.err)
	}
	newKey := w.usedBy(made, anna).ID
	w.must("desk", "recovery", "open", id, "--witness", witness, "--identified", "Passport")
	for _, who := range []string{"desk", "witness"} {
		shown := w.run(who, "recovery", "show", anna)
		for _, want := range []string{newKey, "Passport", witness} {
			if !strings.Contains(shown.out, want) {
				t.Errorf("%s sees no %s:\n%s", who, want, shown.out)
			}
		}
	}
	if r := w.run("other", "recovery", "show", anna); r.code != exitUsage {
		t.Errorf("another company sees %d %s", r.code, r.out)
	}
	for _, mark := range []string{"", newKey[:4], newKey[:8] + "====", newKey + "x"} {
		if r := w.run("witness", "recovery", "confirm", anna, "--key", mark, "--identified", "Video call"); r.code != exitUsage {
			t.Errorf("with the mark %q it is confirmed: %d %s", mark, r.code, r.err)
		}
	}
	w.must("witness", "recovery", "confirm", anna, "--key", newKey[:4]+" "+newKey[4:8]+" "+newKey[8:12], "--identified", "Video call")
	w.refused("recovery_confirmed", "witness", "recovery", "confirm", anna, "--key", newKey, "--identified", "Video call")
	if shown := w.run("witness", "recovery", "show", anna); !strings.Contains(shown.out, "Counts from") {
		t.Errorf("afterwards it is\n%s", shown.out)
	}
	w.must("desk", "recovery", "told", id, "--channel", "letter")
	w.refused("request_malformed", "desk", "recovery", "told", id, "--channel", "pigeon")
	if told, err := w.Registrar.Messages(t.Context(), ledger.PartyID(anna)); err != nil || len(told) != 2 || told[0].Channel != "letter" {
		t.Errorf("she was told %+v, %v", told, err)
	}
	w.must("witness", "recovery", "object", anna, "--reason", "She has called.")
	if r := w.run("desk", "recovery", "show", anna); r.code != exitUsage {
		t.Errorf("once it has ended: %d %s", r.code, r.out)
	}
}

func TestQRCodeIsDrawnOnATerminalAlone(t *testing.T) {
	const address = skuldtest.PagesOrigin + "/n/60RK-4CSM-6MV3-EE1S"
	var file, screen bytes.Buffer
	(&app{}).writeQR(&file, address)
	a := &app{}
	a.outTerminal = true
	a.writeQR(&screen, address)
	if file.Len() > 0 {
		t.Errorf("in a file it is %q", file.String())
	}
	want, err := qr.Encode(address, qr.L)
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSuffix(screen.String(), "\n"), "\n")
	for y := range want.Size {
		row := []rune(strings.TrimSuffix(strings.TrimPrefix(rows[(y+quietZone)/2], "\x1b[30;107m"), "\x1b[0m"))
		for x := range want.Size {
			cell, upper := row[x+quietZone], (y+quietZone)%2 == 0
			dark := cell == '█' || upper && cell == '▀' || !upper && cell == '▄'
			if dark != want.Black(x, y) {
				t.Fatalf("the square %d, %d is dark: %t", x, y, dark)
			}
		}
	}
}
