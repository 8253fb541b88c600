package sign_test

import (
	"bytes"
	"encoding/asn1"
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

// client exchanges a text in the client data.
func client(from, to string) func(*answer) {
	return func(a *answer) { a.clientData = bytes.Replace(a.clientData, []byte(from), []byte(to), 1) }
}

// whole sets the client data.
func whole(format string, args ...any) func(*answer) {
	return func(a *answer) { a.clientData = fmt.Appendf(nil, format, args...) }
}

// origin sets the origin that the browser names.
func origin(s string) func(*answer) { return client(pages.Origin, s) }

// flags changes the authenticator's flags.
func flags(set, clear byte) func(*answer) {
	return func(a *answer) { a.authenticatorData[32] = a.authenticatorData[32]&^clear | set }
}

// der writes two numbers as an ECDSA signature.
func der(r, s *big.Int) []byte {
	b, err := asn1.Marshal([]*big.Int{r, s})
	if err != nil {
		panic(err) // of two numbers never
	}
	return b
}

// numbers changes r and s of the signature.
func numbers(change func(r, s *big.Int)) func(*answer) {
	return func(a *answer) {
		a.signature = func(b []byte) []byte {
			var rs []*big.Int
			if _, err := asn1.Unmarshal(b, &rs); err != nil {
				panic(err) // the device writes DER
			}
			change(rs[0], rs[1])
			return der(rs[0], rs[1])
		}
	}
}

// encoding changes the bytes of the signature.
func encoding(change func([]byte) []byte) func(*answer) {
	return func(a *answer) { a.signature = change }
}

// integers writes two integers of DER, as they are given, into a sequence.
func integers(r, s []byte) []byte {
	body := append(append([]byte{2, byte(len(r))}, r...), append([]byte{2, byte(len(s))}, s...)...)
	return append([]byte{0x30, byte(len(body))}, body...)
}

// integersOf takes a signature in DER into the contents of its two integers.
func integersOf(b []byte) (r, s []byte) {
	r = b[4 : 4+int(b[3])]
	return r, b[4+len(r)+2:]
}

// TestHostileAssertionsAreRefused takes the answer of a passkey and does to it
// what has fooled verifiers before. Unless the case is about the signature, the
// passkey signs what the case has made: no check leans on the signature alone.
func TestHostileAssertionsAreRefused(t *testing.T) {
	const malformed, wrong, said = ledger.CodeSignatureMalformed, ledger.CodeSignatureWrong, ledger.CodePasskeyRefused
	n := new(big.Int).SetBytes(order())
	other, _ := device(t, pages, "b")
	elsewhere := ledger.PayloadDigest([]byte("another command"))
	const secret = `"challenge":"`

	table := []struct {
		name   string
		change func(*answer)
		want   ledger.Code
	}{
		{"made for a registration", client("webauthn.get", "webauthn.create"), said},
		{"made for a payment", client("webauthn.get", "payment.get"), said},
		{"another type's case", client("webauthn.get", "webauthn.Get"), said},
		{"no type", client(`"type":"webauthn.get",`, ""), said},
		{"a type that is no string", client(`"webauthn.get"`, `["webauthn.get"]`), malformed},
		{"the type in capitals", client(`"type"`, `"Type"`), said},
		{"another command's challenge", func(a *answer) { a.clientData = a.device.ClientData(authenticator.TypeGet, elsewhere[:]) }, wrong},
		{"no challenge", client(secret, `"chall":"`), wrong},
		{"padding on the challenge", client(`","origin"`, `=","origin"`), wrong},
		{"the challenge in standard base64", func(a *answer) { a.clientData = a.device.ClientData(authenticator.TypeGet, []byte{0xfb, 0xff}) }, wrong},
		{"null as challenge", whole(`{"type":"webauthn.get","challenge":null,"origin":%q}`, pages.Origin), malformed},

		{"a subdomain's origin", origin("https://evil.borrower.skuld.example"), said},
		{"the parent's origin", origin("https://skuld.example"), said},
		{"another port", origin(pages.Origin + ":8443"), said},
		{"the scheme's own port", origin(pages.Origin + ":443"), said},
		{"without encryption", origin("http://borrower.skuld.example"), said},
		{"an origin in capitals", origin("https://Borrower.skuld.example"), said},
		{"a slash after the origin", origin(pages.Origin + "/"), said},
		{"a dot after the host", origin(pages.Origin + "."), said},
		{"a space before the origin", origin(" " + pages.Origin), said},
		{"another letter that looks alike", origin("https://borrower.skuld.ехample"), said},
		{"the same in punycode", origin("https://borrower.skuld.xn--xample-2of"), said},
		{"a longer host", origin(pages.Origin + ".evil.example"), said},
		{"a user before the host", origin("https://skuld@borrower.skuld.example"), said},
		{"an app's origin", origin("android:apk-key-hash:abc"), said},
		{"the origin null", origin("null"), said},
		{"no origin", client(`"origin"`, `"origins"`), said},
		{"from a frame of another site", client("false", "true"), said},
		{"a frame that is no boolean", client("false", `"false"`), said},
		{"a frame that is null", client("false", "null"), said},
		{"a page above it", client(`"crossOrigin":false`, `"crossOrigin":false,"topOrigin":"https://evil.example"`), said},
		{"its own page above it", client(`"crossOrigin":false`, fmt.Sprintf(`"topOrigin":%q`, pages.Origin)), said},

		{"the origin twice", client(`{`, `{"origin":"https://evil.example",`), malformed},
		{"the origin twice, once escaped", client(`{`, `{"\u006frigin":"https://evil.example",`), malformed},
		{"the challenge twice", client(`}`, `,"challenge":"AAAA"}`), malformed},
		{"a byte order mark", client(`{`, "\ufeff{"), malformed},
		{"no UTF-8", client(`}`, ",\"x\":\"\xff\"}"), malformed},
		{"text after the object", client(`}`, `}{}`), malformed},
		{"half an object", client(`}`, ``), malformed},
		{"a comma too many", client(`}`, `,}`), malformed},
		{"a list", whole(`[]`), malformed},
		{"null", whole(`null`), malformed},
		{"nothing", whole(``), malformed},
		{"deeply nested", client(`}`, `,"x":`+strings.Repeat("[", 500)+strings.Repeat("]", 400)+`}`), malformed},
		{"endless client data", client(`}`, `,"x":"`+strings.Repeat("x", 1024)+`"}`), malformed},

		{"another relying party", func(a *answer) { a.authenticatorData[0] ^= 1 }, said},
		{"the origin's host as relying party", func(a *answer) {
			d, _ := device(t, ledger.Passkey{RPID: "borrower.skuld.example", Origin: pages.Origin}, "a")
			a.authenticatorData = d.AuthenticatorData(d.Flags)
		}, said},
		{"nobody there", flags(0, authenticator.UserPresent), said},
		{"nobody's finger looked at", flags(0, authenticator.UserVerified), said},
		{"no flags", flags(0, 0xff), said},
		{"backed up though it cannot be", flags(authenticator.BackedUp, authenticator.BackupEligible), said},
		{"an attested key announced", flags(authenticator.AttestedKey, 0), said},
		{"extensions announced", flags(authenticator.Extensions, 0), said},
		{"extensions", func(a *answer) {
			flags(authenticator.Extensions, 0)(a)
			a.authenticatorData = append(a.authenticatorData, 0xa0)
		}, malformed},
		{"a byte more", func(a *answer) { a.authenticatorData = append(a.authenticatorData, 0) }, malformed},
		{"a byte less", func(a *answer) { a.authenticatorData = a.authenticatorData[:36] }, malformed},
		{"no authenticator data", func(a *answer) { a.authenticatorData = nil }, malformed},

		{"signed by another passkey", func(a *answer) { a.signer = other }, wrong},
		{"no signature", encoding(func([]byte) []byte { return nil }), wrong},
		{"r and s zero", numbers(func(r, s *big.Int) { r.SetInt64(0); s.SetInt64(0) }), wrong},
		{"r zero", numbers(func(r, _ *big.Int) { r.SetInt64(0) }), wrong},
		{"s zero", numbers(func(_, s *big.Int) { s.SetInt64(0) }), wrong},
		{"r and s one", numbers(func(r, s *big.Int) { r.SetInt64(1); s.SetInt64(1) }), wrong},
		{"r the order", numbers(func(r, _ *big.Int) { r.Set(n) }), wrong},
		{"s the order", numbers(func(_, s *big.Int) { s.Set(n) }), wrong},
		{"r the order and one", numbers(func(r, _ *big.Int) { r.Add(n, big.NewInt(1)) }), wrong},
		{"r negative", numbers(func(r, _ *big.Int) { r.Neg(r) }), wrong},
		{"s negative", numbers(func(_, s *big.Int) { s.Neg(s) }), wrong},
		{"s and the order", numbers(func(_, s *big.Int) { s.Add(s, n) }), wrong},
		{"s less the order", numbers(func(_, s *big.Int) { s.Sub(s, n) }), wrong},
		{"r and s exchanged", numbers(func(r, s *big.Int) { r2 := new(big.Int).Set(r); r.Set(s); s.Set(r2) }), wrong},
		{"a zero too many before r", encoding(func(b []byte) []byte {
			r, s := integersOf(b)
			return integers(append([]byte{0}, r...), s)
		}), wrong},
		{"a length in two bytes", encoding(func(b []byte) []byte { return append([]byte{0x30, 0x81, b[1]}, b[2:]...) }), wrong},
		{"an open length", encoding(func(b []byte) []byte { return append(append([]byte{0x30, 0x80}, b[2:]...), 0, 0) }), wrong},
		{"a length too great", encoding(func(b []byte) []byte { b[1]++; return b }), wrong},
		{"a length too small", encoding(func(b []byte) []byte { b[1]--; return b }), wrong},
		{"a set instead of a sequence", encoding(func(b []byte) []byte { b[0] = 0x31; return b }), wrong},
		{"a byte after it", encoding(func(b []byte) []byte { return append(b[:len(b):len(b)], 0) }), wrong},
		{"a third number", encoding(func(b []byte) []byte {
			r, s := integersOf(b)
			c := integers(r[1:], s[1:])
			c[1] += 3
			return append(c, 2, 1, 1)
		}), wrong},
		{"cut short", encoding(func(b []byte) []byte { return b[:len(b)-1] }), wrong},
		{"half of it", encoding(func(b []byte) []byte { return b[:len(b)/2] }), wrong},
		{"r and s without DER, as in a JWS", encoding(func(b []byte) []byte {
			r, s := integersOf(b)
			return append(new(big.Int).SetBytes(r).FillBytes(make([]byte, 32)), new(big.Int).SetBytes(s).FillBytes(make([]byte, 32))...)
		}), wrong},
		{"a bit changed", encoding(func(b []byte) []byte { b[20] ^= 1; return b }), wrong},
		{"an endless signature", encoding(func([]byte) []byte { return make([]byte, 129) }), malformed},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			d, key := device(t, pages, "a")
			before, a := honest(t, d), honest(t, d)
			c.change(&a)
			given := a.give(t)
			if fmt.Sprint(given) == fmt.Sprint(before.give(t)) {
				t.Fatal("the case changes nothing")
			}
			if err := check(given.Signed(key.ID, payload(t)), key); ledger.CodeOf(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	d, key := device(t, pages, "a")
	if err := check(honest(t, d).give(t).Signed(key.ID, payload(t)), key); err != nil {
		t.Errorf("the answer itself: %v", err)
	}
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
