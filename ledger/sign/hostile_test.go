package sign_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// parts of a compact JWS.
type parts struct{ header, payload, signature string }

func split(s ledger.Signed) parts {
	p := strings.Split(s.JWS, ".")
	return parts{p[0], p[1], p[2]}
}

func (p parts) signed() ledger.Signed {
	return ledger.Signed{JWS: p.header + "." + p.payload + "." + p.signature}
}

// TestHostileSignaturesAreRefused takes a signed command and does to it what
// has fooled verifiers before.
func TestHostileSignaturesAreRefused(t *testing.T) {
	private := privateP256(t, "a")
	key := keyOf(t, private)
	good := split(signed(t, private))
	other := split(signed(t, privateP256(t, "b")))
	header := func(text string) func(*parts) { return func(p *parts) { p.header = encode([]byte(text)) } }
	kid := `"kid":"` + key.ID + `"`
	const typ = `"typ":"skuld-command+jws"`
	const malformed, wrong, algorithm = ledger.CodeSignatureMalformed, ledger.CodeSignatureWrong, ledger.CodeAlgorithmForbidden

	table := []struct {
		name   string
		change func(*parts)
		want   ledger.Code
	}{
		{"alg none, no signature", func(p *parts) { header(`{"alg":"none",` + kid + `,` + typ + `}`)(p); p.signature = "" }, algorithm},
		{"alg none, spelled otherwise", header(`{"alg":"nOnE",` + kid + `,` + typ + `}`), algorithm},
		{"HS256 with the public key as secret", func(p *parts) {
			header(`{"alg":"HS256",` + kid + `,` + typ + `}`)(p)
			mac := hmac.New(sha256.New, []byte(key.X+key.Y))
			mac.Write([]byte(p.header + "." + p.payload))
			p.signature = encode(mac.Sum(nil))
		}, algorithm},
		{"EdDSA for a P-256 key", header(`{"alg":"EdDSA",` + kid + `,` + typ + `}`), algorithm},
		{"ES384 for a P-256 key", header(`{"alg":"ES384",` + kid + `,` + typ + `}`), algorithm},
		{"no alg", header(`{` + kid + `,` + typ + `}`), malformed},
		{"no kid", header(`{"alg":"ES256",` + typ + `}`), malformed},
		{"another kid", func(p *parts) { p.header = other.header }, wrong},
		{"another typ", header(`{"alg":"ES256",` + kid + `,"typ":"JWT"}`), malformed},
		{"no typ", header(`{"alg":"ES256",` + kid + `}`), malformed},
		{"crit", header(`{"alg":"ES256","crit":["exp"],"exp":1,` + kid + `,` + typ + `}`), malformed},
		{"b64 false", header(`{"alg":"ES256","b64":false,"crit":["b64"],` + kid + `,` + typ + `}`), malformed},
		{"a key in the header", header(`{"alg":"ES256","jwk":{"kty":"EC"},` + kid + `,` + typ + `}`), malformed},
		{"a key's address in the header", header(`{"alg":"ES256","jku":"https://a.example",` + kid + `,` + typ + `}`), malformed},
		{"a certificate in the header", header(`{"alg":"ES256",` + kid + `,` + typ + `,"x5c":[]}`), malformed},
		{"a member twice", header(`{"alg":"none","alg":"ES256",` + kid + `,` + typ + `}`), malformed},
		{"members in another order", header(`{` + kid + `,"alg":"ES256",` + typ + `}`), malformed},
		{"a member in capitals", header(`{"ALG":"ES256",` + kid + `,` + typ + `}`), malformed},
		{"a space in the header", header(`{"alg": "ES256",` + kid + `,` + typ + `}`), malformed},
		{"an escape in the header", header(`{"alg":"ES\u0032\u0035\u0036",` + kid + `,` + typ + `}`), malformed},
		{"text after the header", header(`{"alg":"ES256",` + kid + `,` + typ + `}{}`), malformed},
		{"a list as header", header(`[]`), malformed},
		{"null as header", header(`null`), malformed},
		{"an endless header", header(`{"alg":"ES256",` + kid + `,"typ":"` + strings.Repeat("x", 600) + `"}`), malformed},
		{"no header", func(p *parts) { p.header = "" }, malformed},
		{"padding on the header", func(p *parts) { p.header += "=" }, malformed},
		{"padding on the payload", func(p *parts) { p.payload += "==" }, malformed},
		{"padding on the signature", func(p *parts) { p.signature += "==" }, malformed},
		{"a line break in the payload", func(p *parts) { p.payload = p.payload[:8] + "\n" + p.payload[8:] }, malformed},
		{"a line break after the signature", func(p *parts) { p.signature += "\n" }, malformed},
		{"standard base64", func(p *parts) { p.signature = "+/" + p.signature[2:] }, malformed},
		{"unused bits set", func(p *parts) { p.signature = p.signature[:85] + "B" }, malformed},
		{"no payload", func(p *parts) { p.payload = "" }, malformed},
		{"another payload", func(p *parts) { p.payload = encode([]byte(`{}`)) }, wrong},
		{"no signature", func(p *parts) { p.signature = "" }, wrong},
		{"half a signature", func(p *parts) { p.signature = p.signature[:44] }, wrong},
		{"a byte less", func(p *parts) { p.signature = encode(decode(t, p.signature)[:63]) }, wrong},
		{"a byte more", func(p *parts) { p.signature = encode(append(decode(t, p.signature), 0)) }, wrong},
		{"an endless signature", func(p *parts) { p.signature = encode(make([]byte, 1000)) }, malformed},
		{"a bit changed", func(p *parts) { b := decode(t, p.signature); b[40] ^= 1; p.signature = encode(b) }, wrong},
		{"r and s exchanged", func(p *parts) { b := decode(t, p.signature); p.signature = encode(append(b[32:64:64], b[:32]...)) }, wrong},
		{"r and s zero", func(p *parts) { p.signature = encode(make([]byte, 64)) }, wrong},
		{"r zero", func(p *parts) { p.signature = encode(append(make([]byte, 32), decode(t, p.signature)[32:]...)) }, wrong},
		{"s zero", func(p *parts) { p.signature = encode(append(decode(t, p.signature)[:32:32], make([]byte, 32)...)) }, wrong},
		{"r the order of the curve", func(p *parts) { p.signature = encode(append(order(), decode(t, p.signature)[32:]...)) }, wrong},
		{"s above the order of the curve", func(p *parts) {
			b := decode(t, p.signature)
			p.signature = encode(append(b[:32:32], strings.Repeat("\xff", 32)...))
		}, wrong},
		{"a signature in ASN.1", func(p *parts) { p.signature = encode(append([]byte{0x30, 0x44}, decode(t, p.signature)...)) }, wrong},
		{"another's signature", func(p *parts) { p.signature = other.signature }, wrong},
		{"nothing between the dots", func(p *parts) { *p = parts{} }, malformed},
		{"four parts", func(p *parts) { p.signature += "." + p.signature }, malformed},
		{"JSON serialization", func(p *parts) { *p = parts{`{"protected":"` + p.header + `"`, `"payload":"x"`, `}`} }, malformed},
	}
	for _, c := range table {
		t.Run(c.name, func(t *testing.T) {
			p := good
			c.change(&p)
			if p == good {
				t.Fatal("the case changes nothing")
			}
			if err := check(p.signed(), key); ledger.CodeOf(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
	if err := check(good.signed(), key); err != nil {
		t.Errorf("the signature itself: %v", err)
	}
}

func decode(t testing.TB, s string) []byte {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// order is the order of P-256, as 32 bytes.
func order() []byte {
	n, _ := new(big.Int).SetString("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16)
	return n.Bytes()
}

func TestASignedCommandHasAGreatestLength(t *testing.T) {
	_, err := sign.Verifier{}.Open(ledger.Signed{JWS: strings.Repeat("A", 10<<20)})
	if ledger.CodeOf(err) != ledger.CodeCommandTooLarge {
		t.Errorf("ten megabytes: %v", err)
	}
}

// TestTheThumbprintIsThatOfTheRFCs: RFC 7638 par. 3 and RFC 8037 appendix A.3.
func TestTheThumbprintIsThatOfTheRFCs(t *testing.T) {
	okp := ledger.Key{Kty: "OKP", Crv: "Ed25519", X: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
	if got := okp.Thumbprint(); got != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("the thumbprint of RFC 8037 A.3 is %s", got)
	}
	// RFC 7638 par. 3.2: the required members in lexicographic order, no white space.
	ec := ledger.Key{Kty: "EC", Crv: "P-256", X: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", Y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
	text, err := json.Marshal(map[string]string{"crv": ec.Crv, "kty": ec.Kty, "x": ec.X, "y": ec.Y})
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	if got := ec.Thumbprint(); got != encode(sum[:]) {
		t.Errorf("the thumbprint of RFC 7515 A.3's key is %s", got)
	}
}

// TestSignaturesOfTheRFCsAreNotCommands: RFC 7515 A.3 (ES256) and RFC 8037 A.4
// (EdDSA) are good signatures of something else, and must not be taken for a
// command's.
func TestSignaturesOfTheRFCsAreNotCommands(t *testing.T) {
	for name, jws := range map[string]string{
		"RFC 7515 A.3": "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ." +
			"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
		"RFC 8037 A.4": "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc." +
			"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
	} {
		if _, err := (sign.Verifier{}).Open(ledger.Signed{JWS: jws}); ledger.CodeOf(err) != ledger.CodeSignatureMalformed {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHighAndLowSAreBothSignatures: RFC 7518 par. 3.4 does not ask for the lower
// s. Both verify, and each has a seal of its own; a command applies once
// whichever of them comes.
func TestHighAndLowSAreBothSignatures(t *testing.T) {
	private := privateP256(t, "a")
	p := split(signed(t, private))
	b := decode(t, p.signature)
	n, s := new(big.Int).SetBytes(order()), new(big.Int).SetBytes(b[32:])
	s.Sub(n, s).FillBytes(b[32:])
	p.signature = encode(b)
	if err := check(p.signed(), keyOf(t, private)); err != nil {
		t.Errorf("the other s: %v", err)
	}
}
