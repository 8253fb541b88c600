package passkey_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/ledger"
)

// TestTheVectorsOfTheStandardAreMade: W3C Web Authentication, Level 3, section 16.
// A passkey for ES256 is made where its user was verified and its maker is not
// named; the rest are refused, each for its own reason. The challenge of 16.9 is
// of a length that we do not draw.
func TestTheVectorsOfTheStandardAreMade(t *testing.T) {
	text, err := os.ReadFile("../../../ledger/sign/testdata/webauthn-l3.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		RPID    string `json:"rp_id"`
		Origin  string `json:"origin"`
		Vectors []struct {
			Section, Title string
			ID             string `json:"credential_id"`
			Created        struct {
				Challenge   string
				ClientData  string `json:"client_data"`
				Attestation string `json:"attestation_object"`
			}
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	raw := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	party := passkey.RelyingParty{ID: file.RPID, Origin: file.Origin, Name: "Example"}
	const made, unverified = "", "did not check who"
	want := map[string]string{
		"16.2": unverified, "16.3": made, "16.4": "cross origin", "16.5": "another origin", "16.6": unverified, "16.7": "certificates",
		"16.8": "certificates", "16.9": "no question", "16.10": "certificates", "16.11": "certificates",
		"16.13": "an attestation", "16.14": "an attestation", "16.15": "an attestation", "16.16": "an attestation",
	}
	for _, v := range file.Vectors {
		t.Run(v.Section+" "+v.Title, func(t *testing.T) {
			id := encode(raw(v.ID))
			response, err := json.Marshal(object{"id": id, "rawId": id, "type": "public-key", "response": object{
				"clientDataJSON": encode(raw(v.Created.ClientData)), "attestationObject": encode(raw(v.Created.Attestation)),
			}})
			if err != nil {
				t.Fatal(err)
			}
			c, err := party.Created(user, raw(v.Created.Challenge), response)
			if detail, listed := want[v.Section]; !listed || detail != made {
				wants(t, err, ledger.CodePasskeyRefused, detail)
			} else if err != nil || encode(c.ID) != id || c.Key.Passkey.Origin != file.Origin {
				t.Errorf("it gives %+v, %v", c, err)
			}
		})
	}
}

// FuzzResponse reads anything as a browser's answer.
func FuzzResponse(f *testing.F) {
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","attestationObject":"oA"}}`))
	f.Add([]byte(`{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"","signature":""}}`))
	f.Fuzz(func(t *testing.T, response []byte) {
		if c, err := rp.Created(user, challenge("x"), response); err == nil {
			t.Fatalf("%q makes %+v", response, c)
		} else if ledger.CodeOf(err) == "" {
			t.Fatalf("an internal error: %v", err)
		}
		if _, err := passkey.CredentialID(response); err != nil && ledger.CodeOf(err) == "" {
			t.Fatalf("an internal error: %v", err)
		}
	})
}
