// Package passkey holds the ceremonies of Web Authentication (W3C, Level 3) for
// the pages of a gateway: making a passkey, signing in with one, and signing a
// command with one. It makes what a page hands to the browser and checks what
// the browser answers.
//
// It must not keep anything: challenges, their single use and their end belong
// to the session, credentials to the store, and whether a signed command counts
// is the contract's to say, which verifies the same assertion again. It draws no
// randomness and never sees a private key or a fingerprint.
package passkey

import (
	"encoding/json"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// Limits on ceremonies.
const (
	// ChallengeBytes is the length of the challenge of Creation and of SignIn,
	// which the caller draws (par. 13.4.3 asks for 16 at least).
	ChallengeBytes = 32
	// MaxHandleBytes is the greatest length of a user's handle (par. 5.4.3).
	MaxHandleBytes = 64
	// MaxResponseBytes is the greatest length of what a browser answers.
	MaxResponseBytes = 16 << 10
	// TimeoutMillis is how long a browser waits for its user: five minutes, the
	// most that par. 15.1 recommends, since some search for their phone first.
	TimeoutMillis = 300_000

	maxCredentialBytes = 1023 // of a credential's id (par. 4)
	maxTransports      = 8
	maxTransportBytes  = 32
)

// RelyingParty is who asks for passkeys: the pages of one origin.
type RelyingParty struct {
	ID     string // a domain; passkeys are bound to it for ever
	Origin string // of the pages: scheme, host and port, as a browser writes it
	Name   string // for the browser to show
}

// Check says what is wrong with the relying party.
func (rp RelyingParty) Check() error {
	if err := rp.passkey().Check(); err != nil {
		return err
	}
	if rp.Name == "" {
		return fmt.Errorf("the relying party has no name")
	}
	return nil
}

func (rp RelyingParty) passkey() *ledger.Passkey {
	return &ledger.Passkey{RPID: rp.ID, Origin: rp.Origin}
}

// User is for whom a passkey is made.
type User struct {
	// Handle is what the passkey keeps of its user and gives back at sign-in: 1 to
	// MaxHandleBytes bytes that say nothing about the person (par. 14.6.1).
	Handle []byte
	Name   string // for the person to tell passkeys apart; only the device keeps it
}

// Credential is what is kept of a passkey beside its key.
type Credential struct {
	ID             []byte     // the device's name for it
	Handle         []byte     // of its user
	Key            ledger.Key // with Passkey set
	SignCount      uint32     // the counter at its last use; 0 where it keeps none
	BackupEligible bool       // it may be copied to other devices
	BackedUp       bool       // it is on other devices as well
	Transports     []string   // how the browser reaches it, for later requests
}

// SignIn gives the options of navigator.credentials.get for signing in with any
// passkey of this relying party, as JSON.
func (rp RelyingParty) SignIn(challenge []byte) (json.RawMessage, error) {
	if len(challenge) != ChallengeBytes {
		return nil, fmt.Errorf("a challenge has %d bytes, this one %d", ChallengeBytes, len(challenge))
	}
	return rp.request(challenge, nil)
}

// Sign gives the options of navigator.credentials.get for signing the canonical
// bytes of a command with one of the credentials, as JSON.
func (rp RelyingParty) Sign(payload []byte, with []Credential) (json.RawMessage, error) {
	if len(with) == 0 || len(with) > ledger.MaxKeys {
		return nil, fmt.Errorf("a command is signed with one of 1 to %d passkeys, not of %d", ledger.MaxKeys, len(with))
	}
	challenge := ledger.PayloadDigest(payload)
	return rp.request(challenge[:], with)
}

func (rp RelyingParty) request(challenge []byte, allowed []Credential) (json.RawMessage, error) {
	return json.Marshal(protocol.PublicKeyCredentialRequestOptions{
		Challenge:          challenge,
		Timeout:            TimeoutMillis,
		RelyingPartyID:     rp.ID,
		AllowedCredentials: descriptors(allowed),
		UserVerification:   protocol.VerificationRequired,
	})
}

func descriptors(all []Credential) []protocol.CredentialDescriptor {
	var list []protocol.CredentialDescriptor
	for _, c := range all {
		d := protocol.CredentialDescriptor{Type: protocol.PublicKeyCredentialType, CredentialID: c.ID}
		for _, t := range c.Transports {
			d.Transport = append(d.Transport, protocol.AuthenticatorTransport(t))
		}
		list = append(list, d)
	}
	return list
}

// CredentialID reads which passkey a response claims to be of, to look it up. It
// verifies nothing.
func CredentialID(response []byte) ([]byte, error) {
	r, err := readAssertion(response)
	if err != nil {
		return nil, err
	}
	return r.id, nil
}

// SignedIn checks the answer to SignIn and gives the credential as it is to be
// kept from now on. The user's handle must be the one that the passkey was made
// with (par. 7.2, step 6).
func (rp RelyingParty) SignedIn(challenge []byte, c Credential, response []byte) (Credential, error) {
	r, err := readAssertion(response)
	if err != nil {
		return Credential{}, err
	}
	if len(challenge) != ChallengeBytes {
		return Credential{}, refused("there was no question to answer")
	}
	if len(r.handle) == 0 || string(r.handle) != string(c.Handle) {
		return Credential{}, refused("it is another user's")
	}
	return rp.used(r, c, challenge)
}

// Signed checks the answer to Sign and gives the signed command, together with
// the credential that signed as it is to be kept from now on.
func (rp RelyingParty) Signed(payload []byte, with []Credential, response []byte) (ledger.Signed, Credential, error) {
	r, err := readAssertion(response)
	if err != nil {
		return ledger.Signed{}, Credential{}, err
	}
	for _, c := range with {
		if string(c.ID) != string(r.id) {
			continue
		}
		if len(r.handle) > 0 && string(r.handle) != string(c.Handle) {
			return ledger.Signed{}, Credential{}, refused("it is another user's")
		}
		challenge := ledger.PayloadDigest(payload)
		now, err := rp.used(r, c, challenge[:])
		if err != nil {
			return ledger.Signed{}, Credential{}, err
		}
		return r.Signed(c.Key.ID, payload), now, nil
	}
	return ledger.Signed{}, Credential{}, refused("it is of a passkey that is not among yours")
}

// used verifies an assertion of a credential and gives the credential after it.
//
// A counter that does not grow means that two devices have the key, or that an
// answer came late (par. 7.2, step 22): refused, unless the passkey keeps none.
// That a passkey may be backed up never changes (step 18).
func (rp RelyingParty) used(r assertion, c Credential, challenge []byte) (Credential, error) {
	if string(r.id) != string(c.ID) {
		return Credential{}, refused("it is of another passkey")
	}
	if c.Key.Passkey == nil || *c.Key.Passkey != *rp.passkey() {
		return Credential{}, refused("the passkey was made for other pages")
	}
	if err := r.Verify(c.Key, challenge); err != nil {
		return Credential{}, err
	}
	count := r.SignCount()
	switch {
	case (count != 0 || c.SignCount != 0) && count <= c.SignCount:
		return Credential{}, refused("its counter went back, as that of a copied passkey does")
	case r.BackupEligible() != c.BackupEligible:
		return Credential{}, refused("it says otherwise than before whether it can be backed up")
	}
	c.SignCount, c.BackedUp = count, r.BackedUp()
	return c, nil
}

// assertion is a response to a request to sign.
type assertion struct {
	sign.Assertion
	id, handle []byte
}

// responseText is the JSON of a response (par. 5.1, toJSON), with the members of
// both ceremonies. What else a browser puts there is its own hints.
type responseText struct {
	ID       string `json:"id"`
	RawID    string `json:"rawId"`
	Type     string `json:"type"`
	Response struct {
		ClientDataJSON    string `json:"clientDataJSON"`
		AuthenticatorData string `json:"authenticatorData"`
		Signature         string `json:"signature"`
		UserHandle        string `json:"userHandle"`
	} `json:"response"`
}

func readAssertion(response []byte) (assertion, error) {
	var r assertion
	var text responseText
	if len(response) > MaxResponseBytes || json.Unmarshal(response, &text) != nil {
		return r, refused("it is not the JSON of a passkey's answer")
	}
	if text.Type != string(protocol.PublicKeyCredentialType) || text.ID != text.RawID {
		return r, refused("it is not the answer of one passkey")
	}
	for _, part := range []struct {
		text string
		to   *[]byte
		most int
	}{
		{text.ID, &r.id, maxCredentialBytes},
		{text.Response.UserHandle, &r.handle, MaxHandleBytes},
		{text.Response.ClientDataJSON, &r.ClientData, MaxResponseBytes},
		{text.Response.AuthenticatorData, &r.AuthenticatorData, MaxResponseBytes},
		{text.Response.Signature, &r.Signature, MaxResponseBytes},
	} {
		b, err := decode(part.text)
		if err != nil || len(b) > part.most {
			return r, refused("a part of it is not base64url of the right length")
		}
		*part.to = b
	}
	if len(r.id) == 0 {
		return r, refused("it does not say of which passkey it is")
	}
	return r, nil
}

// refused refuses a browser's answer.
func refused(detail string) error {
	return ledger.Refuse(ledger.CodePasskeyRefused, "detail", detail)
}
