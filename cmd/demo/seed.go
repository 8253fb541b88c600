package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

const (
	// demoFolder holds the profiles, where skuld --as looks for them.
	demoFolder = "demo"
	keyName    = "key"
	// passphraseName is the file, beside the profiles, with the passphrase of all
	// their keys. It protects nothing; these parties are for trials.
	passphraseName = "passphrase"
	passphraseSize = 20
)

// cast are the parties that seed makes, by the name of their profile.
var cast = []struct {
	profile string
	role
	book    bool
	contact *ledger.Contact // whom people call
}{
	{"lender", role{organisation: "lender", kind: ledger.Company, name: "Demo Lending AB"}, true, &ledger.Contact{
		Human: "Eva Lund", Phone: "+46855500101", Hours: "mån–fre 8–18", Email: "eva.lund@lending.example", Licence: "Finansinspektionen 2024-101",
		Account: "Bankgiro 555-0101", Address: "Box 1101, 111 21 Stockholm"}},
	{"bank", role{organisation: "lender", kind: ledger.Company, name: "Demo Bank AB"}, true, &ledger.Contact{
		Human: "Per Ström", Phone: "+46855500102", Hours: "mån–fre 9–17", Licence: "Finansinspektionen 2024-102",
		Account: "Bankgiro 555-0102", Address: "Box 1102, 111 21 Stockholm"}},
	{"collector", role{organisation: "collector", kind: ledger.Company, name: "Demo Collection AB"}, true, &ledger.Contact{
		Human: "Karin Holm", Phone: "+46855500103", Hours: "mån–lör 8–20", Licence: "Integritetsskyddsmyndigheten 2024-103",
		Account: "Bankgiro 555-0103", Address: "Box 1103, 111 21 Stockholm"}},
	{"registrar", role{organisation: "registrar", kind: ledger.Company, name: "Demo Registrar's Desk"}, false, &ledger.Contact{
		Human: "Siv Dahl", Phone: "+46855500104", Hours: "mån–fre 8–18"}}, // invites who has lost its keys, and opens the recovery
	{"borrower", role{organisation: "registrar", kind: ledger.Person}, false, nil},
	{"authority", role{organisation: "registrar", kind: ledger.Authority, name: "Demo Enforcement Agency"}, false, nil},
}

// seed makes the parties and notes that are not there yet.
func seed(ctx context.Context, o options, gateways map[string]string, out io.Writer) error {
	dir := filepath.Join(o.home, demoFolder)
	passphrase, err := seedPassphrase(dir)
	if err != nil {
		return err
	}
	made := seeded{actors: map[string]*actor{}, gateways: gateways}
	for _, c := range cast {
		p, err := profile.Open(filepath.Join(dir, c.profile))
		if err != nil {
			return err
		}
		key, err := seedKey(p, passphrase)
		if err != nil {
			return err
		}
		a, err := seedParty(ctx, p, key, newcomer{c.role, gateways[c.organisation]})
		if err == nil && c.book {
			err = seedBook(ctx, p, a)
		}
		if err == nil && c.contact != nil {
			err = seedContact(ctx, a, c.contact)
		}
		if err != nil {
			return fmt.Errorf("making the %s: %w", c.profile, err)
		}
		made.actors[c.profile] = a
	}
	if err := made.actors["lender"].admit(ctx, made.actors["authority"].id); err != nil {
		return fmt.Errorf("admitting the authority: %w", err)
	}
	if made.notes, err = seedNotes(ctx, made.actors); err != nil {
		return err
	}
	if err := made.welcome(ctx); err != nil {
		return err
	}
	return announce(out, o, made)
}

// seeded is all that seed has made.
type seeded struct {
	gateways map[string]string
	actors   map[string]*actor
	notes    map[string]ledger.NoteID // by reference
	link     string                   // of a note's page for everybody
	invited  *client.Invitation       // for whoever tries the registry
}

// seedPassphrase draws the passphrase of the demonstration's keys, once.
func seedPassphrase(dir string) ([]byte, error) {
	path := filepath.Join(dir, passphraseName)
	if _, err := os.Stat(path); err == nil {
		return profile.ReadPassphrase(path)
	}
	raw := make([]byte, passphraseSize)
	if _, err := rand.Read(raw); err != nil {
		return nil, fmt.Errorf("drawing a passphrase: %w", err)
	}
	text := base32.StdEncoding.EncodeToString(raw)
	holder, err := profile.Open(dir)
	if err != nil {
		return nil, err
	}
	return []byte(text), holder.WriteFile(passphraseName, []byte(text+"\n"))
}

// newcomer is a party to be and where it is to register.
type newcomer struct {
	role
	gateway string
}

// seedParty gives the profile's party, registered if it is not: the first time,
// and when the network is another than the one it was registered on.
func seedParty(ctx context.Context, p *profile.Profile, key crypto.Signer, n newcomer) (*actor, error) {
	if p.Party != "" {
		a, err := known(n.gateway, p.Party, key)
		if err != nil {
			return nil, err
		}
		_, err = a.Party(ctx, p.Party)
		switch ledger.CodeOf(err) {
		case ledger.CodeAssertionInvalid, ledger.CodeNotFound:
			p.Party, p.Book = "", "" // of another network
		case "":
			if err != nil {
				return nil, err
			}
			p.Gateway, a.book = n.gateway, p.Book
			return a, p.Save()
		default:
			return nil, err
		}
	}
	a, err := register(ctx, n.gateway, key, n.role)
	if err != nil {
		return nil, err
	}
	p.Gateway, p.Party = n.gateway, a.id
	return a, p.Save()
}

func seedKey(p *profile.Profile, passphrase []byte) (crypto.Signer, error) {
	p.Key, p.PassphraseFile = keyName, filepath.Join("..", passphraseName)
	if _, err := p.KeyInfo(keyName); errors.Is(err, profile.ErrNoKey) {
		if _, err := p.NewKey(keyName, profile.ES256, passphrase); err != nil {
			return nil, err
		}
	}
	return p.Unlock(keyName, passphrase)
}

func seedBook(ctx context.Context, p *profile.Profile, a *actor) error {
	if p.Book != "" {
		return nil
	}
	if err := a.openBook(ctx); err != nil {
		return err
	}
	p.Book = a.book
	return p.Save()
}

// The notes that seed makes, by the lender's reference.
const (
	seedOffered = "DEMO-1" // waits for the borrower
	seedActive  = "DEMO-2" // is a debt
	seedForSale = "DEMO-3" // is offered to the collector
	seedSold    = "DEMO-4" // is the collector's, and the borrower is told
)

// seedNotes brings each note to where it should be, from wherever it is: seed
// may have been interrupted, and people may have gone on with the notes.
func seedNotes(ctx context.Context, actors map[string]*actor) (map[string]ledger.NoteID, error) {
	lender, borrower := actors["lender"], actors["borrower"]
	found := map[string]*client.Note{}
	for n, err := range lender.Notes(ctx, client.NoteQuery{Role: ledger.RoleLender, Borrower: borrower.id}) {
		if err != nil {
			return nil, err
		}
		if n.Note != nil {
			found[n.Note.Terms.Reference] = n
		}
	}
	notes := map[string]ledger.NoteID{}
	for _, reference := range []string{seedOffered, seedActive, seedForSale, seedSold} {
		if n := found[reference]; n != nil && n.Note.Status != ledger.StatusOffered {
			notes[reference] = n.ID // made already; people may have gone on with it
			continue
		}
		var id ledger.NoteID
		var err error
		if n := found[reference]; n != nil {
			id = n.ID
		} else if id, err = offers(ctx, lender, borrower, reference); err != nil {
			return nil, fmt.Errorf("offering %s: %w", reference, err)
		}
		notes[reference] = id
		if err := advance(ctx, actors, reference, id); err != nil {
			return nil, fmt.Errorf("making %s: %w", reference, err)
		}
	}
	return notes, nil
}

// advance takes a note that is offered to where its reference says.
func advance(ctx context.Context, actors map[string]*actor, reference string, id ledger.NoteID) error {
	if reference == seedOffered {
		return nil
	}
	lender, borrower, collector := actors["lender"], actors["borrower"], actors["collector"]
	if _, _, err := borrower.accept(ctx, id); err != nil || reference == seedActive {
		return err
	}
	err := lender.does(ctx, act{op: ledger.OpTransferOffer, note: id, body: ledger.TransferOfferBody{
		To: collector.id, Kind: ledger.Sale, Form: ledger.InFull,
	}})
	if err != nil || reference == seedForSale {
		return err
	}
	if err := collector.takes(ctx, id, collector.book); err != nil {
		return err
	}
	err = collector.does(ctx, act{op: ledger.OpNotice, note: id, body: ledger.NoticeBody{
		Holder: collector.id, DeliveredOn: today(), Channel: "letter",
	}})
	if err != nil {
		return err
	}
	return collector.does(ctx, act{op: ledger.OpPay, note: id, body: ledger.PayBody{
		Amount: finance.Money{Amount: 2500_00, Currency: "SEK"}, PaidOn: today(), Reference: "OCR 1001",
	}})
}

// announce says where everything is and what to try.
func announce(out io.Writer, o options, made seeded) error {
	notes := made.notes
	call := o.skuld
	if home := os.Getenv("SKULD_HOME"); o.home != ".skuld" || home != "" {
		call = "SKULD_HOME=" + o.home + " " + call
	}
	var text string
	line := func(format string, args ...any) { text += fmt.Sprintf(format+"\n", args...) }
	line("The registry is running.")
	line("")
	for _, organisation := range []string{"lender", "collector", "registrar"} {
		line("  %-10s %s", organisation, made.gateways[organisation])
	}
	line("")
	line("Demonstration parties (their keys are in %s):", filepath.Join(o.home, demoFolder))
	for _, c := range cast {
		line("  %-10s %s", c.profile, made.actors[c.profile].id)
	}
	line("")
	line("Try, in another terminal:")
	for _, command := range []string{
		"--as lender note list",
		"--as borrower note accept " + string(notes[seedOffered]),
		"--as lender transfer offer " + string(notes[seedActive]) + " --to " + string(made.actors["collector"].id),
		"--as collector transfer accept " + string(notes[seedForSale]),
		"--as collector pay " + string(notes[seedSold]) + ` --amount "1000.00 SEK"`,
		"--as borrower note show " + string(notes[seedSold]),
		"--as borrower note history " + string(notes[seedSold]),
		"--as lender link " + string(notes[seedActive]),
		"--as collector callback list",
		"--as collector watch",
	} {
		line("  %s %s", call, command)
	}
	line("")
	line("A note's page for everybody:")
	line("  %s", made.link)
	line("")
	line("To be a borrower yourself, make a passkey in a browser on this machine, let the")
	line("lender offer you a note, and find it on your page:")
	line("  %s", made.invited.Link)
	line(`  %s --as lender note offer --borrower %s --amount "24000 SEK" --rate 5.9 --term 24 --agreed-on %s --first-due %s --consumer`,
		call, made.invited.ID, agreedOn, today().AddMonths(1, 28))
	_, err := io.WriteString(out, text)
	return err
}
