package passkey_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

var (
	rp   = passkey.RelyingParty{ID: "localhost", Origin: "http://localhost:8080", Name: "Skuld"}
	user = passkey.User{Handle: []byte("p0123456789"), Name: "Notes at Skuld"}
)

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// challenge gives a challenge of a name, the same one each time.
func challenge(name string) []byte {
	c := sha256.Sum256([]byte(name))
	return c[:]
}

func newDevice(t testing.TB, seed string) *authenticator.Device {
	t.Helper()
	d, err := authenticator.New(ledger.Passkey{RPID: rp.ID, Origin: rp.Origin}, seed)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// enrol makes the device's passkey that of the user.
func enrol(t testing.TB, d *authenticator.Device, have ...passkey.Credential) passkey.Credential {
	t.Helper()
	options, err := rp.Creation(user, have, challenge("creation"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := d.Create(options)
	if err != nil {
		t.Fatal(err)
	}
	c, err := rp.Created(user, challenge("creation"), response)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func command(t testing.TB) []byte {
	t.Helper()
	c, err := ledger.Draft{Op: ledger.OpBookOpen, Network: "5ca1ab1e", By: "p" + ledger.PartyID(strings.Repeat("a", 32)),
		Command: "00000000-0000-4000-8000-000000000001", IssuedAt: time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC), Body: ledger.EmptyBody{}}.Build()
	if err != nil {
		t.Fatal(err)
	}
	payload, err := c.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return payload
}

func signIn(t testing.TB, d *authenticator.Device, name string) []byte {
	t.Helper()
	options, err := rp.SignIn(challenge(name))
	if err != nil {
		t.Fatal(err)
	}
	response, err := d.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	return response
}

// TestAPasskeyIsMadeAndSignsInAndSigns is the life of a passkey of either sort.
func TestAPasskeyIsMadeAndSignsInAndSigns(t *testing.T) {
	for name, make := range map[string]func(ledger.Passkey, string) (*authenticator.Device, error){
		"on one device": authenticator.New, "on all of a person's": authenticator.NewSynced,
	} {
		t.Run(name, func(t *testing.T) {
			d, err := make(ledger.Passkey{RPID: rp.ID, Origin: rp.Origin}, "a")
			if err != nil {
				t.Fatal(err)
			}
			c := enrol(t, d)
			synced := d.Count == 0
			if want, _ := d.Key(); c.Key.ID != want.ID || *c.Key.Passkey != *want.Passkey || !bytes.Equal(c.ID, d.ID) || !bytes.Equal(c.Handle, user.Handle) {
				t.Fatalf("the credential is %+v", c)
			}
			if c.BackedUp != synced || c.BackupEligible != synced || len(c.Transports) != 1 || c.SignCount != d.Count {
				t.Errorf("the credential is %+v", c)
			}
			response := signIn(t, d, "sign in")
			if id, err := passkey.CredentialID(response); err != nil || !bytes.Equal(id, c.ID) {
				t.Errorf("the response is of %x, %v", id, err)
			}
			c, err = rp.SignedIn(challenge("sign in"), c, response)
			if err != nil || c.SignCount != d.Count {
				t.Fatalf("signed in the credential is %+v, %v", c, err)
			}
			options, err := rp.Sign(command(t), []passkey.Credential{c})
			if err != nil {
				t.Fatal(err)
			}
			response, err = d.Get(options)
			if err != nil {
				t.Fatal(err)
			}
			s, after, err := rp.Signed(command(t), []passkey.Credential{c}, response)
			if err != nil || after.SignCount != d.Count {
				t.Fatalf("signed the credential is %+v, %v", after, err)
			}
			o, err := sign.Verifier{}.Open(s)
			if err == nil {
				err = sign.Verifier{}.Verify(o, c.Key)
			}
			if err != nil {
				t.Errorf("the contract refuses it: %v", err)
			}
		})
	}
}

// TestTheOptionsAreWhatTheStandardSays: a browser reads them by their names.
func TestTheOptionsAreWhatTheStandardSays(t *testing.T) {
	c := enrol(t, newDevice(t, "a"))
	creation, err := rp.Creation(user, []passkey.Credential{c}, challenge("x"))
	if err != nil {
		t.Fatal(err)
	}
	signIn, err := rp.SignIn(challenge("x"))
	if err != nil {
		t.Fatal(err)
	}
	signing, err := rp.Sign([]byte("a command"), []passkey.Credential{c})
	if err != nil {
		t.Fatal(err)
	}
	digest := ledger.PayloadDigest([]byte("a command"))
	known := `[{"type":"public-key","id":"` + encode(c.ID) + `","transports":["internal"]}]`
	for name, c := range map[string]struct {
		got  json.RawMessage
		want string
	}{
		"creation": {creation, `{"rp":{"name":"Skuld","id":"localhost"},"user":{"name":"Notes at Skuld","displayName":"Notes at Skuld","id":"` + encode(user.Handle) +
			`"},"challenge":"` + encode(challenge("x")) + `","pubKeyCredParams":[{"type":"public-key","alg":-7}],"timeout":300000,"excludeCredentials":` + known +
			`,"authenticatorSelection":{"requireResidentKey":true,"residentKey":"required","userVerification":"required"},"attestation":"none"}`},
		"sign-in": {signIn, `{"challenge":"` + encode(challenge("x")) + `","timeout":300000,"rpId":"localhost","userVerification":"required"}`},
		"signing": {signing, `{"challenge":"` + encode(digest[:]) + `","timeout":300000,"rpId":"localhost","allowCredentials":` + known + `,"userVerification":"required"}`},
	} {
		if string(c.got) != c.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, c.got, c.want)
		}
	}
}

func TestOptionsNeedWhatTheStandardAsksFor(t *testing.T) {
	c := enrol(t, newDevice(t, "a"))
	for name, ask := range map[string]func() (json.RawMessage, error){
		"creation with a short challenge": func() (json.RawMessage, error) { return rp.Creation(user, nil, challenge("x")[:16]) },
		"creation without a handle":       func() (json.RawMessage, error) { return rp.Creation(passkey.User{}, nil, challenge("x")) },
		"creation with a long handle": func() (json.RawMessage, error) {
			return rp.Creation(passkey.User{Handle: make([]byte, 65)}, nil, challenge("x"))
		},
		"sign-in without a challenge": func() (json.RawMessage, error) { return rp.SignIn(nil) },
		"signing with no passkey":     func() (json.RawMessage, error) { return rp.Sign([]byte("x"), nil) },
		"signing with too many":       func() (json.RawMessage, error) { return rp.Sign([]byte("x"), several(c, ledger.MaxKeys+1)) },
	} {
		if options, err := ask(); err == nil {
			t.Errorf("%s gives %s", name, options)
		}
	}
}

func several(c passkey.Credential, n int) (all []passkey.Credential) {
	for range n {
		all = append(all, c)
	}
	return all
}

func TestADeviceThatHasAPasskeyMakesNoSecond(t *testing.T) {
	d := newDevice(t, "a")
	c := enrol(t, d)
	options, err := rp.Creation(user, []passkey.Credential{c}, challenge("again"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Create(options); err == nil {
		t.Error("it made another")
	}
}

// TestARelyingPartyIsOneThatABrowserTakes: a mistake in the configuration must
// show at the start and not in front of the first borrower.
func TestARelyingPartyIsOneThatABrowserTakes(t *testing.T) {
	for _, good := range []passkey.RelyingParty{rp, {ID: "skuld.example", Origin: "https://skuld.example", Name: "Skuld"},
		{ID: "skuld.example", Origin: "https://my.skuld.example:8443", Name: "Skuld"}} {
		if err := good.Check(); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
	}
	for name, bad := range map[string]passkey.RelyingParty{
		"no name":                   {ID: "skuld.example", Origin: "https://skuld.example"},
		"no id":                     {Origin: "https://skuld.example", Name: "Skuld"},
		"no origin":                 {ID: "skuld.example", Name: "Skuld"},
		"no encryption":             {ID: "skuld.example", Origin: "http://skuld.example", Name: "Skuld"},
		"an address for an id":      {ID: "127.0.0.1", Origin: "http://127.0.0.1:8080", Name: "Skuld"},
		"an origin outside its id":  {ID: "skuld.example", Origin: "https://example", Name: "Skuld"},
		"an origin that ends alike": {ID: "skuld.example", Origin: "https://notskuld.example", Name: "Skuld"},
		"a slash after the origin":  {ID: "skuld.example", Origin: "https://skuld.example/", Name: "Skuld"},
		"the scheme's own port":     {ID: "skuld.example", Origin: "https://skuld.example:443", Name: "Skuld"},
		"a port that is none":       {ID: "skuld.example", Origin: "https://skuld.example:", Name: "Skuld"},
		"an id in capitals":         {ID: "Skuld.example", Origin: "https://Skuld.example", Name: "Skuld"},
	} {
		if err := bad.Check(); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// wants checks that a response was refused with a code, and for what it says.
func wants(t *testing.T, err error, code ledger.Code, detail string) {
	t.Helper()
	refusal, ok := errors.AsType[*ledger.Error](err)
	if !ok || refusal.Code != code || !strings.Contains(refusal.Params["detail"], detail) {
		t.Errorf("got %v, want %s: %s", err, code, detail)
	}
}
