package ledger_test

import (
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

func contact() ledger.Contact {
	return ledger.Contact{
		Human: "Lena Ek, kundservice", Phone: "+46812345678", Hours: "vardagar 8–17", Email: "lena.ek@langbolaget.example",
		Address: "Storgatan 1\n111 22 Stockholm", Licence: "Finansinspektionen 2024-123", Web: "https://langbolaget.example/lan",
		Account: "Bankgiro 123-4567",
	}
}

func TestACompanySaysHowItIsReached(t *testing.T) {
	s := newStage(t)
	want := contact()
	got := s.do(s.lender, ledger.OpPartyContact, string(s.lender.id), want).Party
	if got.Contact == nil || *got.Contact != want {
		t.Errorf("the contact is %+v", got.Contact)
	}
	short := ledger.Contact{Human: "Registraturen", Phone: "+46812345679", Hours: "9–15"}
	got = s.do(s.court, ledger.OpPartyContact, string(s.court.id), short).Party
	if *got.Contact != short {
		t.Errorf("the contact is %+v", got.Contact)
	}
	s.refuse(code(ledger.CodeRoleForbidden), s.stranger, ledger.OpPartyContact, string(s.lender.id), want)
}

func TestAPersonsContactIsNotTakenIntoTheLedger(t *testing.T) {
	s := newStage(t)
	s.refuse(code(ledger.CodeContactPerson), s.borrower, ledger.OpPartyContact, string(s.borrower.id), contact())
}

func TestContactsOutOfFormAreRefused(t *testing.T) {
	s := newStage(t)
	table := map[string]func(*ledger.Contact){
		"nobody":                        func(c *ledger.Contact) { c.Human = "" },
		"a human too long":              func(c *ledger.Contact) { c.Human = strings.Repeat("å", ledger.MaxContactRunes+1) },
		"no telephone":                  func(c *ledger.Contact) { c.Phone = "" },
		"a telephone without +":         func(c *ledger.Contact) { c.Phone = "0812345678" },
		"a telephone with spaces":       func(c *ledger.Contact) { c.Phone = "+46 8 123 456 78" },
		"a telephone too long":          func(c *ledger.Contact) { c.Phone = "+4681234567890123" },
		"no hours":                      func(c *ledger.Contact) { c.Hours = "" },
		"no address of electronic mail": func(c *ledger.Contact) { c.Email = "lena" },
		"an address too long":           func(c *ledger.Contact) { c.Address = strings.Repeat("x", ledger.MaxAddressRunes+1) },
		"an account too long":           func(c *ledger.Contact) { c.Account = strings.Repeat("1", ledger.MaxContactRunes+1) },
		"hidden marks in the account":   func(c *ledger.Contact) { c.Account = "123\u202e-4567" },
		"hidden marks":                  func(c *ledger.Contact) { c.Licence = "a\u202eb" },
		"a page without https":          func(c *ledger.Contact) { c.Web = "http://langbolaget.example" },
		"a page that is a script":       func(c *ledger.Contact) { c.Web = "javascript:alert(1)" },
		"a page with a password":        func(c *ledger.Contact) { c.Web = "https://skuld.example@evil.example" },
		"a page too long":               func(c *ledger.Contact) { c.Web = "https://a.example/" + strings.Repeat("x", ledger.MaxWebBytes) },
	}
	for name, change := range table {
		t.Run(name, func(t *testing.T) {
			f := s.fork()
			f.t = t
			c := contact()
			change(&c)
			f.refuse(code(ledger.CodeBodyInvalid), s.lender, ledger.OpPartyContact, string(s.lender.id), c)
		})
	}
}

func TestAPasskeyNamesThePagesThatItSignsFor(t *testing.T) {
	s := newStage(t)
	table := []struct {
		name, rp, origin string
		want             ledger.Code
	}{
		{"the domain itself", "skuld.example", "https://skuld.example", ""},
		{"a domain under it", "skuld.example", "https://sidor.skuld.example", ""},
		{"a port", "skuld.example", "https://skuld.example:8443", ""},
		{"this machine", "localhost", "http://localhost:8080", ""},
		{"no domain", "", "https://skuld.example", ledger.CodeBodyInvalid},
		{"an address of numbers", "127.0.0.1", "https://127.0.0.1", ledger.CodeBodyInvalid},
		{"capitals", "Skuld.example", "https://skuld.example", ledger.CodeBodyInvalid},
		{"a domain too long", strings.Repeat("a.", 127) + "se", "https://skuld.example", ledger.CodeBodyInvalid},
		{"no origin", "skuld.example", "", ledger.CodeBodyInvalid},
		{"another domain", "skuld.example", "https://evil.example", ledger.CodeBodyInvalid},
		{"a domain that only ends alike", "skuld.example", "https://evilskuld.example", ledger.CodeBodyInvalid},
		{"a domain over it", "sidor.skuld.example", "https://skuld.example", ledger.CodeBodyInvalid},
		{"no https", "skuld.example", "http://skuld.example", ledger.CodeBodyInvalid},
		{"a path", "skuld.example", "https://skuld.example/", ledger.CodeBodyInvalid},
		{"a name before the domain", "skuld.example", "https://me@skuld.example", ledger.CodeBodyInvalid},
		{"a page of an app", "skuld.example", "android:apk-key-hash:x", ledger.CodeBodyInvalid},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			f := s.fork()
			f.t = t
			k := passkeyOf("phone")
			k.Passkey = &ledger.Passkey{RPID: c.rp, Origin: c.origin}
			_, err := f.try(s.borrower, ledger.OpPartyRotate, string(s.borrower.id), ledger.RotateBody{Add: []ledger.Key{k}})
			if ledger.CodeOf(err) != c.want {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	k := testKey("an Ed25519 key")
	k.Passkey = &ledger.Passkey{RPID: "localhost", Origin: "http://localhost"}
	s.refuse(code(ledger.CodeKeyUnsupported), s.borrower, ledger.OpPartyRotate, string(s.borrower.id), ledger.RotateBody{Add: []ledger.Key{k}})
}
