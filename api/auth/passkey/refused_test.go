package passkey_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign/authenticator"
)

// object is a JSON object while a test changes it.
type object = map[string]any

// created is the answer to a creation while a test changes it.
type created struct {
	response   object // the JSON; its member response is inner
	inner      object
	clientData []byte
	format     string
	statement  object
	data       []byte // authenticator data: 37 bytes, make (16), length (2), id (32), key
}

const keyAt = 37 + 16 + 2 + 32

func parse(t *testing.T, text []byte) object {
	t.Helper()
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func decode(t testing.TB, v any) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(v.(string))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func answerToCreation(t *testing.T, d *authenticator.Device) *created {
	t.Helper()
	options, err := rp.Creation(user, nil, challenge("creation"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := d.Create(options)
	if err != nil {
		t.Fatal(err)
	}
	a := &created{response: parse(t, response)}
	a.inner = a.response["response"].(object)
	a.clientData = decode(t, a.inner["clientDataJSON"])
	var att struct {
		Format    string         `cbor:"fmt"`
		Statement map[string]any `cbor:"attStmt"`
		Data      []byte         `cbor:"authData"`
	}
	if err := webauthncbor.Unmarshal(decode(t, a.inner["attestationObject"]), &att); err != nil {
		t.Fatal(err)
	}
	a.format, a.statement, a.data = att.Format, att.Statement, att.Data
	return a
}

// text writes the answer as it stands now.
func (a *created) text(t *testing.T) []byte {
	t.Helper()
	if _, said := a.inner["attestationObject"].(string); said {
		att, err := webauthncbor.Marshal(object{"fmt": a.format, "attStmt": a.statement, "authData": a.data})
		if err != nil {
			t.Fatal(err)
		}
		a.inner["attestationObject"] = encode(att)
	}
	a.inner["clientDataJSON"] = encode(a.clientData)
	text, err := json.Marshal(a.response)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// client exchanges a text in the client data.
func client(from, to string) func(*created) {
	return func(a *created) { a.clientData = bytes.Replace(a.clientData, []byte(from), []byte(to), 1) }
}

func flags(set, clear byte) func(*created) {
	return func(a *created) { a.data[32] = a.data[32]&^clear | set }
}

// key exchanges the key in the authenticator data for one with other members.
func key(members map[int]any) func(*created) {
	return func(a *created) {
		var k map[int]any
		if err := webauthncbor.Unmarshal(a.data[keyAt:], &k); err != nil {
			panic(err) // the device wrote it
		}
		for name, v := range members {
			if v == nil {
				delete(k, name)
			} else {
				k[name] = v
			}
		}
		text, err := webauthncbor.Marshal(k)
		if err != nil {
			panic(err) // of what was read just now
		}
		a.data = append(a.data[:keyAt:keyAt], text...)
	}
}

func TestAnAnswerToACreationIsRefused(t *testing.T) {
	const notJSON, origin, lib = "not the JSON", "another origin", ""
	for _, c := range []struct {
		name   string
		change func(*created)
		detail string // in the refusal
	}{
		{"no type", func(a *created) { delete(a.response, "type") }, notJSON},
		{"another type", func(a *created) { a.response["type"] = "password" }, notJSON},
		{"no id", func(a *created) { delete(a.response, "id") }, notJSON},
		{"an id that is not base64url", func(a *created) { a.response["id"] = "a+b" }, notJSON},
		{"two ids", func(a *created) { a.response["rawId"] = encode([]byte("another")) }, notJSON},
		{"another credential's id", func(a *created) { a.response["id"], a.response["rawId"] = encode([]byte("b")), encode([]byte("b")) }, "attested credential id"},
		{"no response", func(a *created) { delete(a.response, "response") }, notJSON},
		{"no attestation", func(a *created) { delete(a.inner, "attestationObject") }, notJSON},
		{"an attestation that is a number", func(a *created) { a.inner["attestationObject"] = 7 }, notJSON},
		{"too long", func(a *created) { a.response["x"] = strings.Repeat("x", passkey.MaxResponseBytes) }, "too long"},

		{"an answer to a request to sign", client("webauthn.create", "webauthn.get"), "ceremony type"},
		{"another challenge", client(encode(challenge("creation")), encode(challenge("other"))), "challenge"},
		{"no challenge", client(`"challenge"`, `"chall"`), "challenge"},
		{"another port", client("8080", "8081"), origin},
		{"another host", client("localhost", "evil.localhost"), origin},
		{"another scheme", client("http:", "https:"), origin},
		{"an origin in capitals", client("localhost", "LOCALHOST"), origin},
		{"a slash after the origin", client(`8080"`, `8080/"`), origin},
		{"an app's origin", client("http://localhost:8080", "android:apk-key-hash:x"), origin},
		{"from a frame of another site", client("false", "true"), "cross origin"},
		{"a page above it", client(`false`, `true,"topOrigin":"https://evil.example"`), origin},
		{"client data that is no JSON", client("{", "["), notJSON},

		{"another relying party", func(a *created) { a.data[0] ^= 1 }, lib},
		{"nobody there", flags(0, authenticator.UserPresent), "did not check who"},
		{"nobody's finger looked at", flags(0, authenticator.UserVerified), "did not check who"},
		{"backed up though it cannot be", flags(authenticator.BackedUp, 0), "cannot be backed up"},
		{"no key announced", flags(0, authenticator.AttestedKey), notJSON},
		{"extensions announced that are not there", flags(authenticator.Extensions, 0), notJSON},
		{"a byte more", func(a *created) { a.data = append(a.data, 0) }, notJSON},
		{"a byte less", func(a *created) { a.data = a.data[:len(a.data)-1] }, notJSON},
		{"only the head", func(a *created) { a.data = a.data[:37] }, notJSON},
		{"an id longer than the data", func(a *created) { a.data[53] = 3 }, notJSON},

		{"a key for EdDSA", key(map[int]any{1: 1, 3: -8, -1: 6, -3: nil}), lib},
		{"a key for ES384", key(map[int]any{3: -35, -1: 2}), lib},
		{"a key on another curve", key(map[int]any{-1: 2}), "not one for ES256"},
		{"a key of another type", key(map[int]any{1: 1}), "not one for ES256"},
		{"a short coordinate", key(map[int]any{-2: make([]byte, 31)}), "not one for ES256"},
		{"a long coordinate", key(map[int]any{-3: make([]byte, 33)}), "not one for ES256"},
		{"a key without y", key(map[int]any{-3: nil}), "not one for ES256"},
		{"a point off the curve", key(map[int]any{-3: bytes.Repeat([]byte{7}, 32)}), "no point"},
		{"the point zero", key(map[int]any{-2: make([]byte, 32), -3: make([]byte, 32)}), "no point"},

		{"no attestation, and a statement", func(a *created) { a.statement = object{"alg": -7} }, lib},
		{"a maker's certificates", func(a *created) {
			a.format, a.statement = "packed", object{"alg": -7, "sig": []byte{1}, "x5c": []any{[]byte{1}}}
		}, "certificates"},
		{"its own signature, and a wrong one", func(a *created) { a.format, a.statement = "packed", object{"alg": -7, "sig": []byte{0x30, 0}} }, lib},
		{"another form of attestation", func(a *created) { a.format = "fido-u2f" }, "an attestation"},
		{"a form that nobody knows", func(a *created) { a.format = "mine" }, "an attestation"},
		{"an unknown form of none", func(a *created) { a.format = "None" }, "an attestation"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := answerToCreation(t, newDevice(t, "a"))
			before := string(a.text(t))
			c.change(a)
			text := a.text(t)
			if string(text) == before {
				t.Fatal("the case changes nothing")
			}
			_, err := rp.Created(user, challenge("creation"), text)
			wants(t, err, ledger.CodePasskeyRefused, c.detail)
		})
	}
	good := answerToCreation(t, newDevice(t, "a")).text(t)
	for name, text := range map[string]string{
		"nothing": "", "null": "null", "a list": "[]", "half of it": string(good[:len(good)/2]), "two of them": string(good) + string(good),
	} {
		_, err := rp.Created(user, challenge("creation"), []byte(text))
		t.Run(name, func(t *testing.T) { wants(t, err, ledger.CodePasskeyRefused, notJSON) })
	}
	_, err := rp.Created(user, nil, good)
	wants(t, err, ledger.CodePasskeyRefused, "no question")
	if _, err := rp.Created(user, challenge("creation"), good); err != nil {
		t.Errorf("the answer itself: %v", err)
	}
}

// signed is the answer to a request to sign while a test changes it.
type signed struct {
	response, inner object
	credential      passkey.Credential // as the caller keeps it
	challenge       []byte             // that the session keeps
}

// part changes a part of the response.
func part(t *testing.T, name string, change func([]byte) []byte) func(*signed) {
	return func(a *signed) { a.inner[name] = encode(change(decode(t, a.inner[name]))) }
}

func TestAnAnswerToASignInIsRefused(t *testing.T) {
	const said, malformed, wrong = ledger.CodePasskeyRefused, ledger.CodeSignatureMalformed, ledger.CodeSignatureWrong
	flip := func(b []byte) []byte { b[len(b)-1] ^= 1; return b }
	for _, c := range []struct {
		name   string
		change func(*signed)
		code   ledger.Code
		detail string
	}{
		{"no type", func(a *signed) { delete(a.response, "type") }, said, "one passkey"},
		{"another type", func(a *signed) { a.response["type"] = "password" }, said, "one passkey"},
		{"two ids", func(a *signed) { a.response["rawId"] = "AAAA" }, said, "one passkey"},
		{"no id", func(a *signed) { delete(a.response, "id"); delete(a.response, "rawId") }, said, "of which passkey"},
		{"another passkey's id", func(a *signed) { a.response["id"], a.response["rawId"] = "AAAA", "AAAA" }, said, "another passkey"},
		{"an id that is too long", func(a *signed) {
			a.response["id"] = encode(make([]byte, 1024))
			a.response["rawId"] = a.response["id"]
		}, said, "right length"},
		{"no user", func(a *signed) { delete(a.inner, "userHandle") }, said, "another user"},
		{"another user", func(a *signed) { a.inner["userHandle"] = "AAAA" }, said, "another user"},
		{"a user of too many bytes", func(a *signed) { a.inner["userHandle"] = encode(make([]byte, 65)) }, said, "right length"},
		{"another user's passkey", func(a *signed) { a.credential.Handle = []byte("b") }, said, "another user"},
		{"padding", func(a *signed) { a.inner["signature"] = a.inner["signature"].(string) + "=" }, said, "base64url"},
		{"a part that is a number", func(a *signed) { a.inner["signature"] = 7 }, said, "not the JSON"},
		{"no signature", func(a *signed) { delete(a.inner, "signature") }, wrong, ""},
		{"no authenticator data", func(a *signed) { delete(a.inner, "authenticatorData") }, malformed, "37 bytes"},
		{"no client data", func(a *signed) { delete(a.inner, "clientDataJSON") }, malformed, "client data"},
		{"a changed signature", part(t, "signature", flip), wrong, ""},
		{"a changed counter", part(t, "authenticatorData", flip), wrong, ""},
		{"a changed page", part(t, "clientDataJSON", func(b []byte) []byte { return bytes.Replace(b, []byte("8080"), []byte("8081"), 1) }), wrong, ""},
		{"another challenge", func(a *signed) { a.challenge = challenge("other") }, wrong, ""},
		{"no question", func(a *signed) { a.challenge = nil }, said, "no question"},
		{"a half of a question", func(a *signed) { a.challenge = a.challenge[:16] }, said, "no question"},
		{"another key", func(a *signed) {
			k, err := newDevice(t, "b").Key()
			if err != nil {
				t.Fatal(err)
			}
			a.credential.Key = k
		}, wrong, ""},
		{"a key that is no passkey", func(a *signed) { a.credential.Key.Passkey = nil }, said, "other pages"},
		{"a passkey of other pages", func(a *signed) {
			a.credential.Key.Passkey = &ledger.Passkey{RPID: "skuld.example", Origin: "https://skuld.example"}
		}, said, "other pages"},
		{"the same answer again", func(a *signed) { a.credential.SignCount = 2 }, said, "went back"},
		{"a counter that went back", func(a *signed) { a.credential.SignCount = 3 }, said, "went back"},
		{"a counter at its end", func(a *signed) { a.credential.SignCount = 1<<32 - 1 }, said, "went back"},
		{"a passkey that could be backed up before", func(a *signed) { a.credential.BackupEligible = true }, said, "otherwise than before"},
		{"too long", func(a *signed) { a.response["x"] = strings.Repeat("x", passkey.MaxResponseBytes) }, said, "not the JSON"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDevice(t, "a")
			a := &signed{credential: enrol(t, d), challenge: challenge("sign in")}
			a.response = parse(t, signIn(t, d, "sign in"))
			a.inner = a.response["response"].(object)
			c.change(a)
			text, err := json.Marshal(a.response)
			if err != nil {
				t.Fatal(err)
			}
			_, err = rp.SignedIn(a.challenge, a.credential, text)
			wants(t, err, c.code, c.detail)
		})
	}
}

// TestACounterThatGoesBackIsACopy: of a device that counts, an old answer and a
// copy that fell behind are refused; of one that keeps no counter, neither can be told.
func TestACounterThatGoesBackIsACopy(t *testing.T) {
	d := newDevice(t, "a")
	c := enrol(t, d)
	twin := *d
	after, err := rp.SignedIn(challenge("1"), c, signIn(t, d, "1"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rp.SignedIn(challenge("2"), after, signIn(t, &twin, "2")); ledger.CodeOf(err) != ledger.CodePasskeyRefused {
		t.Errorf("the copy signs in: %v", err)
	}
	if _, err := rp.SignedIn(challenge("3"), after, signIn(t, d, "3")); err != nil {
		t.Errorf("the device itself: %v", err)
	}
	d.Count = 0
	reset := *d
	reset.Count--
	if _, err := rp.SignedIn(challenge("4"), after, signIn(t, &reset, "4")); ledger.CodeOf(err) != ledger.CodePasskeyRefused {
		t.Errorf("a device that stopped counting signs in: %v", err)
	}
}

func TestASignatureIsOfTheCommandThatWasAskedFor(t *testing.T) {
	d, other := newDevice(t, "a"), newDevice(t, "b")
	mine := []passkey.Credential{enrol(t, d)}
	theirs := []passkey.Credential{enrol(t, other)}
	options, err := rp.Sign(command(t), mine)
	if err != nil {
		t.Fatal(err)
	}
	response, err := d.Get(options)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = rp.Signed([]byte("another command"), mine, response)
	wants(t, err, ledger.CodeSignatureWrong, "")
	_, _, err = rp.Signed(command(t), theirs, response)
	wants(t, err, ledger.CodePasskeyRefused, "not among yours")
	_, _, err = rp.Signed(command(t), nil, response)
	wants(t, err, ledger.CodePasskeyRefused, "not among yours")
	_, _, err = rp.Signed(command(t), mine, signIn(t, d, "sign in"))
	wants(t, err, ledger.CodeSignatureWrong, "")
	stranger := mine[0]
	stranger.Handle = []byte("somebody else")
	_, _, err = rp.Signed(command(t), []passkey.Credential{stranger}, response)
	wants(t, err, ledger.CodePasskeyRefused, "another user")
	if _, err := passkey.CredentialID([]byte("{}")); ledger.CodeOf(err) != ledger.CodePasskeyRefused {
		t.Errorf("an empty answer names a passkey: %v", err)
	}
}
