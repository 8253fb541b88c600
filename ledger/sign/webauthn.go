package sign

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

// Limits on an assertion. Authenticator data is of one length, since what is not
// asked for is not taken: no extension, no attested key (par. 6.1).
const (
	authenticatorBytes = sha256.Size + 1 + 4 // hash of the relying party's id, flags, counter
	maxClientBytes     = 1024                // several times what any browser writes
	thumbprintBytes    = sha256.Size
	maxWebAuthnBytes   = (thumbprintBytes+ledger.MaxCommandBytes+authenticatorBytes+maxClientBytes+maxSignatureBytes)*4/3 + 16
)

// Flags of authenticator data (par. 6.1). Those that the standard keeps for
// later say nothing yet and are not looked at.
const (
	userPresent    = 1 << 0
	userVerified   = 1 << 2
	backupEligible = 1 << 3
	backedUp       = 1 << 4
	attestedKey    = 1 << 6
	extensions     = 1 << 7
)

// Assertion is what a passkey answers when it is asked to sign a challenge (Web
// Authentication, Level 3, par. 5.2.2), as the browser gave it.
type Assertion struct {
	AuthenticatorData []byte
	ClientData        []byte // clientDataJSON
	Signature         []byte // ES256 in DER
}

// Verify checks the assertion of a passkey over a challenge (par. 7.2, steps 10
// to 20). It is the page's origin and the relying party that the key was
// registered for which count, compared byte for byte. The signature is checked
// first, so that what is said of an assertion is what its passkey signed.
//
// It compares no counters. Each assertion signs one command, which applies once,
// so that a copy of an authenticator gains nothing from an old assertion; and
// passkeys that are synchronized keep no counter at all. Who keeps credentials
// compares SignCount at sign-in (step 22).
func (a Assertion) Verify(key ledger.Key, challenge []byte) error {
	if key.Passkey == nil || key.Kty != "EC" {
		return ledger.Refuse(ledger.CodeKeyForm)
	}
	_, public, err := PublicKey(key)
	if err != nil {
		return err
	}
	if err := a.checkLengths(); err != nil {
		return err
	}
	client, err := readClientData(a.ClientData)
	if err != nil {
		return malformed(err.Error())
	}
	client256 := sha256.Sum256(a.ClientData)
	signed := sha256.Sum256(append(bytes.Clone(a.AuthenticatorData), client256[:]...))
	// VerifyASN1 takes strict DER alone, with r and s below the order. Of (r, s)
	// anybody can make (r, n-s), and authenticators do not keep to the lower one,
	// so both verify. That does no harm: the seal in the chain is of the one that
	// was handed in, and the command applies once whichever comes first.
	if !ecdsa.VerifyASN1(public.(*ecdsa.PublicKey), signed[:], a.Signature) {
		return ledger.Refuse(ledger.CodeSignatureWrong)
	}
	if err := client.check(key.Passkey.Origin, challenge); err != nil {
		return err
	}
	return a.checkAuthenticator(key.Passkey.RPID)
}

// SignCount gives the authenticator's counter, 0 where it keeps none. It says
// something only of an assertion that verifies.
func (a Assertion) SignCount() uint32 {
	if len(a.AuthenticatorData) != authenticatorBytes {
		return 0
	}
	return binary.BigEndian.Uint32(a.AuthenticatorData[authenticatorBytes-4:])
}

// BackupEligible says whether the passkey may be copied to other devices, which
// never changes. It says something only of an assertion that verifies.
func (a Assertion) BackupEligible() bool { return a.flags()&backupEligible != 0 }

// BackedUp says whether the passkey is on other devices as well by now. It says
// something only of an assertion that verifies.
func (a Assertion) BackedUp() bool { return a.flags()&backedUp != 0 }

// Signed makes the signed command of an assertion over a command's canonical
// bytes by the key with this id. It verifies nothing.
func (a Assertion) Signed(kid string, payload []byte) ledger.Signed {
	return ledger.Signed{WebAuthn: strings.Join([]string{
		kid, encode(payload), encode(a.AuthenticatorData), encode(a.ClientData), encode(a.Signature),
	}, ".")}
}

func (a Assertion) flags() byte {
	if len(a.AuthenticatorData) != authenticatorBytes {
		return 0
	}
	return a.AuthenticatorData[sha256.Size]
}

func (a Assertion) checkLengths() error {
	switch {
	case len(a.AuthenticatorData) != authenticatorBytes:
		return malformed("authenticator data without extensions has 37 bytes")
	case len(a.ClientData) == 0 || len(a.ClientData) > maxClientBytes:
		return malformed("the client data is not of client data's length")
	case len(a.Signature) > maxSignatureBytes:
		return malformed("the signature is longer than one of P-256")
	}
	return nil
}

// checkAuthenticator says whether the authenticator answered for the relying
// party, and with its user's knowledge (par. 7.2, steps 15 to 18).
func (a Assertion) checkAuthenticator(rpID string) error {
	want, flags := sha256.Sum256([]byte(rpID)), a.flags()
	switch {
	case !bytes.Equal(a.AuthenticatorData[:sha256.Size], want[:]):
		return refused("it is for another relying party")
	case flags&userPresent == 0:
		return refused("nobody was there")
	case flags&userVerified == 0:
		return refused("the device did not check who was there")
	case flags&backedUp != 0 && flags&backupEligible == 0:
		return refused("a passkey that cannot be backed up says that it is")
	case flags&(attestedKey|extensions) != 0:
		return refused("it holds an attested key or extensions, which nobody asked for")
	}
	return nil
}

// refused refuses an assertion for what it says of itself.
func refused(detail string) error {
	return ledger.Refuse(ledger.CodePasskeyRefused, "detail", detail)
}

// openWebAuthn takes a command that a passkey signed apart.
func openWebAuthn(text string) (ledger.Opened, error) {
	kid, payload, _, err := splitWebAuthn(text)
	if err != nil {
		return ledger.Opened{}, err
	}
	// All but the payload: the two parts around the second dot and beyond it.
	head, rest, _ := strings.Cut(text, ".")
	_, tail, _ := strings.Cut(rest, ".")
	seal := sha256.Sum256([]byte(head + "." + tail))
	return ledger.Opened{Payload: payload, KeyID: kid, Seal: seal, Signed: ledger.Signed{WebAuthn: text}}, nil
}

func splitWebAuthn(text string) (kid string, payload []byte, a Assertion, err error) {
	if len(text) > maxWebAuthnBytes {
		return "", nil, a, tooLarge()
	}
	parts := strings.Split(text, ".")
	if len(parts) != 5 {
		return "", nil, a, malformed("a command that a passkey signed has five parts")
	}
	if id, err := decode(parts[0]); err != nil || len(id) != thumbprintBytes {
		return "", nil, a, malformed("the key's id is not a thumbprint")
	}
	if payload, err = decode(parts[1]); err != nil || len(payload) == 0 {
		return "", nil, a, malformed("the command is not base64url")
	}
	for i, part := range []*[]byte{&a.AuthenticatorData, &a.ClientData, &a.Signature} {
		if *part, err = decode(parts[i+2]); err != nil {
			return "", nil, a, malformed("a part of the assertion is not base64url")
		}
	}
	return parts[0], payload, a, a.checkLengths()
}

// verifyWebAuthn checks a command that a passkey signed with the passkey.
func verifyWebAuthn(o ledger.Opened, key ledger.Key) error {
	kid, payload, a, err := splitWebAuthn(o.Signed.WebAuthn)
	if err != nil {
		return err
	}
	if kid != key.ID || !bytes.Equal(payload, o.Payload) {
		return ledger.Refuse(ledger.CodeSignatureWrong)
	}
	challenge := ledger.PayloadDigest(payload)
	return a.Verify(key, challenge[:])
}
