package sign_test

import (
	"bytes"
	"encoding/asn1"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

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
