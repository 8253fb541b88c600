package sign_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// bytesHex is bytes that are written in hexadecimal in JSON.
type bytesHex []byte

func (b *bytesHex) UnmarshalText(text []byte) (err error) {
	*b, err = hex.DecodeString(string(text))
	return err
}

// vector is one of the test vectors of the standard: a passkey that is made and
// then signs.
type vector struct {
	Section  string   `json:"section"`
	Title    string   `json:"title"`
	Key      bytesHex `json:"key"` // in COSE
	Asserted struct {
		Challenge         bytesHex `json:"challenge"`
		ClientData        bytesHex `json:"client_data"`
		AuthenticatorData bytesHex `json:"authenticator_data"`
		Signature         bytesHex `json:"signature"`
	} `json:"asserted"`
}

func (v vector) assertion() sign.Assertion {
	return sign.Assertion{AuthenticatorData: v.Asserted.AuthenticatorData, ClientData: v.Asserted.ClientData, Signature: v.Asserted.Signature}
}

// readVectors gives the vectors and the pages that they are of.
func readVectors(t *testing.T) ([]vector, ledger.Passkey) {
	t.Helper()
	text, err := os.ReadFile("testdata/webauthn-l3.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		ledger.Passkey
		Vectors []vector `json:"vectors"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Vectors, file.Passkey
}

// es256Prefix begins a key for ES256 in COSE, in its one canonical encoding: kty
// 2, alg -7, crv 1, and x of 32 bytes.
const es256Prefix = "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"

// key gives the vector's key; one for another algorithm is not for us.
func (v vector) key(page ledger.Passkey) (ledger.Key, bool) {
	if len(v.Key) != 77 || string(v.Key[:10]) != es256Prefix {
		return ledger.Key{}, false
	}
	k := ledger.Key{Kty: "EC", Crv: "P-256", X: encode(v.Key[10:42]), Y: encode(v.Key[45:]), Passkey: &page}
	k.ID = k.Thumbprint()
	return k, true
}

// TestTheVectorsOfTheStandardVerify: W3C Web Authentication, Level 3, section 16.
// Signatures of all ES256 keys verify; of those, an assertion without the
// verification of its user, or from inside another site's page, is refused for
// what it says, which is judged only once the signature is good.
func TestTheVectorsOfTheStandardVerify(t *testing.T) {
	const unverified = "the device did not check who was there"
	const framed = "it was made on a page inside another site's page"
	want := map[string]string{
		"16.2": unverified, "16.3": unverified, "16.4": framed, "16.5": framed, "16.6": "", "16.7": "",
		"16.13": "", "16.14": unverified, "16.15": unverified, "16.16": unverified,
	}
	vectors, page := readVectors(t)
	for _, v := range vectors {
		t.Run(v.Section+" "+v.Title, func(t *testing.T) {
			key, ours := v.key(page)
			detail, listed := want[v.Section]
			if ours != listed {
				t.Fatalf("a key for ES256: %t; expected: %t", ours, listed)
			}
			if !ours {
				return
			}
			a := v.assertion()
			err := a.Verify(key, v.Asserted.Challenge)
			if detail == "" && err != nil {
				t.Errorf("it is refused: %v", err)
			}
			if detail != "" && (ledger.CodeOf(err) != ledger.CodePasskeyRefused || ledger.Refuse(ledger.CodePasskeyRefused, "detail", detail).Error() != err.Error()) {
				t.Errorf("got %v, want a refusal since %s", err, detail)
			}
			a.Signature[len(a.Signature)-1] ^= 1
			if err := a.Verify(key, v.Asserted.Challenge); ledger.CodeOf(err) != ledger.CodeSignatureWrong {
				t.Errorf("with a changed signature: %v", err)
			}
		})
	}
}
