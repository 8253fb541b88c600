package sign_test

import (
	"bytes"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

var pages = ledger.Passkey{RPID: "skuld.example", Origin: "https://borrower.skuld.example"}

func device(t testing.TB, page ledger.Passkey, seed string) (*authenticator.Device, ledger.Key) {
	t.Helper()
	d, err := authenticator.New(page, seed)
	if err != nil {
		t.Fatal(err)
	}
	k, err := d.Key()
	if err != nil {
		t.Fatal(err)
	}
	return d, k
}

func payload(t testing.TB) []byte {
	t.Helper()
	b, err := command(t).Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// answer is an assertion while a test changes it.
type answer struct {
	device            *authenticator.Device
	authenticatorData []byte
	clientData        []byte
	signature         func([]byte) []byte // done to the signature
	signer            *authenticator.Device
}

// honest gives the answer of a device to a command.
func honest(t testing.TB, d *authenticator.Device) answer {
	challenge := ledger.PayloadDigest(payload(t))
	return answer{
		device: d, authenticatorData: d.AuthenticatorData(d.Flags), clientData: d.ClientData(authenticator.TypeGet, challenge[:]),
		signature: func(b []byte) []byte { return b }, signer: d,
	}
}

func (a answer) give(t testing.TB) sign.Assertion {
	t.Helper()
	s, err := a.signer.Assert(a.authenticatorData, a.clientData)
	if err != nil {
		t.Fatal(err)
	}
	s.Signature = a.signature(s.Signature)
	return s
}

// TestWhatBrowsersWriteIsTaken: clients differ in which members they write, in
// their order and in how they escape.
func TestWhatBrowsersWriteIsTaken(t *testing.T) {
	d, key := device(t, pages, "a")
	challenge := encode(func() []byte { c := ledger.PayloadDigest(payload(t)); return c[:] }())
	for name, text := range map[string]string{
		"Firefox":            `{"type":"webauthn.get","challenge":"%s","origin":"https://borrower.skuld.example","crossOrigin":false}`,
		"Safari":             `{"type":"webauthn.get","challenge":"%s","origin":"https://borrower.skuld.example"}`,
		"Chrome":             `{"type":"webauthn.get","challenge":"%s","origin":"https://borrower.skuld.example","crossOrigin":false,"other_keys_can_be_added_here":"do not compare clientDataJSON against a template. See https://goo.gl/yabPex"}`,
		"Android":            `{"type":"webauthn.get","challenge":"%s","origin":"https:\/\/borrower.skuld.example","androidPackageName":"com.android.chrome"}`,
		"an older standard":  `{"challenge":"%s","clientExtensions":{},"hashAlgorithm":"SHA-256","origin":"https://borrower.skuld.example","type":"webauthn.get"}`,
		"with spaces":        "{ \"type\" : \"webauthn.get\",\n\"challenge\":\"%s\" , \"origin\":\"https://borrower.skuld.example\" }\n",
		"a member of a list": `{"type":"webauthn.get","challenge":"%s","origin":"https://borrower.skuld.example","x":[{"origin":"y"}]}`,
	} {
		a := honest(t, d)
		a.clientData = fmt.Appendf(nil, text, challenge)
		if err := check(a.give(t).Signed(key.ID, payload(t)), key); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*answer){
		"on other devices as well":  flags(authenticator.BackupEligible|authenticator.BackedUp, 0),
		"which may be backed up":    flags(authenticator.BackupEligible, 0),
		"with flags kept for later": flags(1<<1|1<<5, 0),
		"with a counter at its end": func(a *answer) { copy(a.authenticatorData[33:], "\xff\xff\xff\xff") },
		"with the other valid s":    numbers(func(_, s *big.Int) { s.Sub(new(big.Int).SetBytes(order()), s) }),
	} {
		a := honest(t, d)
		change(&a)
		if err := check(a.give(t).Signed(key.ID, payload(t)), key); err != nil {
			t.Errorf("a passkey %s: %v", name, err)
		}
	}
}

// TestAKeyHasOneForm: what a passkey could sign elsewhere than on its pages, and
// what another key says of pages, is good for nothing.
func TestAKeyHasOneForm(t *testing.T) {
	d, key := device(t, pages, "a")
	byPasskey, err := d.Sign(payload(t))
	if err != nil {
		t.Fatal(err)
	}
	plain, bare := privateP256(t, "a"), key
	bare.Passkey = nil
	dressed := keyOf(t, plain)
	dressed.Passkey = &pages
	ed := keyOf(t, privateEd25519("a"))
	ed.Passkey, ed.ID = &pages, key.ID
	for name, c := range map[string]struct {
		signed ledger.Signed
		key    ledger.Key
	}{
		"an assertion, and a key that is no passkey": {byPasskey, bare},
		"a JWS, and a passkey":                       {signed(t, plain), dressed},
		"a JWS with EdDSA, and a passkey":            {signed(t, privateEd25519("a")), ed},
		"an assertion, and a passkey for EdDSA":      {byPasskey, ed},
	} {
		if err := check(c.signed, c.key); ledger.CodeOf(err) != ledger.CodeKeyForm {
			t.Errorf("%s: %v", name, err)
		}
	}
	both := ledger.Signed{JWS: signed(t, plain).JWS, WebAuthn: byPasskey.WebAuthn}
	if err := check(both, key); ledger.CodeOf(err) != ledger.CodeSignatureMalformed {
		t.Errorf("both forms: %v", err)
	}
	if err := check(ledger.Signed{}, key); ledger.CodeOf(err) != ledger.CodeSignatureMalformed {
		t.Errorf("no form: %v", err)
	}
}

// TestAPasskeySignsForItsPagesAlone: the pages stand with the key in the ledger,
// and an assertion for others is good for nothing there.
func TestAPasskeySignsForItsPagesAlone(t *testing.T) {
	d, key := device(t, pages, "a")
	s, err := d.Sign(payload(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range map[string]ledger.Passkey{
		"another origin":        {RPID: pages.RPID, Origin: "https://skuld.example"},
		"another relying party": {RPID: "borrower.skuld.example", Origin: pages.Origin},
	} {
		k := key
		k.Passkey = &page
		if err := check(s, k); ledger.CodeOf(err) != ledger.CodePasskeyRefused {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestACommandThatAPasskeySignedHasOneSpelling changes the text around the parts.
func TestACommandThatAPasskeySignedHasOneSpelling(t *testing.T) {
	d, key := device(t, pages, "a")
	good, err := d.Sign(payload(t))
	if err != nil {
		t.Fatal(err)
	}
	p := strings.Split(good.WebAuthn, ".")
	join := func(parts ...string) string { return strings.Join(parts, ".") }
	_, otherKey := device(t, pages, "b")
	for name, c := range map[string]struct {
		text string
		want ledger.Code
	}{
		"four parts":                {join(p[:4]...), ledger.CodeSignatureMalformed},
		"six parts":                 {good.WebAuthn + ".", ledger.CodeSignatureMalformed},
		"only dots":                 {"....", ledger.CodeSignatureMalformed},
		"no key":                    {join("", p[1], p[2], p[3], p[4]), ledger.CodeSignatureMalformed},
		"a key's id that is none":   {join("abc", p[1], p[2], p[3], p[4]), ledger.CodeSignatureMalformed},
		"another key's id":          {join(otherKey.ID, p[1], p[2], p[3], p[4]), ledger.CodeSignatureWrong},
		"no command":                {join(p[0], "", p[2], p[3], p[4]), ledger.CodeSignatureMalformed},
		"another command":           {join(p[0], "e30", p[2], p[3], p[4]), ledger.CodeSignatureWrong},
		"padding on the command":    {join(p[0], p[1]+"==", p[2], p[3], p[4]), ledger.CodeSignatureMalformed},
		"a line break":              {join(p[0], p[1], p[2]+"\n", p[3], p[4]), ledger.CodeSignatureMalformed},
		"a space":                   {join(p[0], p[1], p[2], " "+p[3], p[4]), ledger.CodeSignatureMalformed},
		"standard base64":           {join(p[0], p[1], "+/"+p[2][2:], p[3], p[4]), ledger.CodeSignatureMalformed},
		"unused bits set":           {join(p[0], p[1], p[2][:49]+"B", p[3], p[4]), ledger.CodeSignatureMalformed},
		"parts exchanged":           {join(p[0], p[1], p[3], p[2], p[4]), ledger.CodeSignatureMalformed},
		"no signature":              {join(p[0], p[1], p[2], p[3], ""), ledger.CodeSignatureWrong},
		"more than a command takes": {strings.Repeat("A", 1<<20), ledger.CodeCommandTooLarge},
	} {
		if err := check(ledger.Signed{WebAuthn: c.text}, key); ledger.CodeOf(err) != c.want {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

// TestTheGreatestCommandFitsAnAssertion: a limit on the text must not refuse what
// the limit on commands allows.
func TestTheGreatestCommandFitsAnAssertion(t *testing.T) {
	d, key := device(t, pages, "a")
	greatest := bytes.Repeat([]byte("x"), ledger.MaxCommandBytes)
	challenge := ledger.PayloadDigest(greatest)
	c := bytes.TrimSuffix(d.ClientData(authenticator.TypeGet, challenge[:]), []byte("}"))
	c = fmt.Appendf(c, `,"x":"%s"}`, strings.Repeat("x", 1024-len(c)-len(`,"x":""}`)))
	a, err := d.Assert(d.AuthenticatorData(d.Flags), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := check(a.Signed(key.ID, greatest), key); err != nil {
		t.Error(err)
	}
}

// TestTheSealOfAnAssertionIsAllButTheCommand: two answers to one request have two
// seals, and one answer has one.
func TestTheSealOfAnAssertionIsAllButTheCommand(t *testing.T) {
	d, key := device(t, pages, "a")
	open := func(s ledger.Signed) ledger.Opened {
		o, err := sign.Verifier{}.Open(s)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	a := honest(t, d).give(t)
	first := open(a.Signed(key.ID, payload(t)))
	if string(first.Payload) != string(payload(t)) || first.KeyID != key.ID {
		t.Errorf("it is opened as %+v", first)
	}
	if again := open(a.Signed(key.ID, payload(t))); again.Seal != first.Seal {
		t.Error("one answer has two seals")
	}
	if unlike := open(a.Signed(key.ID, []byte("another"))); unlike.Seal != first.Seal {
		t.Error("the command is in the seal")
	}
	for i := range 4 {
		b, kid := a, key.ID
		switch i {
		case 0:
			b.AuthenticatorData = bytes.Clone(a.AuthenticatorData)
			b.AuthenticatorData[36]++
		case 1:
			b.ClientData = append(bytes.Clone(a.ClientData), ' ')
		case 2:
			b.Signature = append(bytes.Clone(a.Signature[:len(a.Signature)-1]), ^a.Signature[len(a.Signature)-1])
		case 3:
			kid = encode(make([]byte, 32))
		}
		if open(b.Signed(kid, payload(t))).Seal == first.Seal {
			t.Errorf("part %d is not in the seal", i)
		}
	}
}

func TestAnAssertionTellsItsCounterAndBackup(t *testing.T) {
	d, _ := device(t, pages, "a")
	d.Count = 1<<31 + 7
	a := honest(t, d).give(t)
	if a.SignCount() != 1<<31+7 || a.BackupEligible() || a.BackedUp() {
		t.Errorf("it tells %d, %t, %t", a.SignCount(), a.BackupEligible(), a.BackedUp())
	}
	d.Flags |= authenticator.BackupEligible
	if a := honest(t, d).give(t); !a.BackupEligible() || a.BackedUp() {
		t.Error("that it may be backed up is not told")
	}
	if none := (sign.Assertion{}); none.SignCount() != 0 || none.BackedUp() {
		t.Error("an assertion of nothing tells something")
	}
}
