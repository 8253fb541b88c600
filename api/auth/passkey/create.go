package passkey

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"

	"github.com/skuld-registry/skuld/ledger/sign"
)

// es256 is the only algorithm that is asked for: every authenticator has it, and
// the contract verifies no other.
var es256 = protocol.CredentialParameter{Type: protocol.PublicKeyCredentialType, Algorithm: webauthncose.AlgES256}

// Creation gives the options of navigator.credentials.create for a new passkey of
// a user who has some already, as JSON. The device must know its user by a
// finger, a face or a code, and keep the passkey itself, so that signing in needs
// no name. What kind of device it is, nobody asks.
func (rp RelyingParty) Creation(u User, have []Credential, challenge []byte) (json.RawMessage, error) {
	switch {
	case len(challenge) != ChallengeBytes:
		return nil, fmt.Errorf("a challenge has %d bytes, this one %d", ChallengeBytes, len(challenge))
	case len(u.Handle) == 0 || len(u.Handle) > MaxHandleBytes:
		return nil, fmt.Errorf("a user's handle has 1 to %d bytes, this one %d", MaxHandleBytes, len(u.Handle))
	}
	return json.Marshal(protocol.PublicKeyCredentialCreationOptions{
		RelyingParty:          protocol.RelyingPartyEntity{ID: rp.ID, CredentialEntity: protocol.CredentialEntity{Name: rp.Name}},
		User:                  protocol.UserEntity{ID: protocol.URLEncodedBase64(u.Handle), CredentialEntity: protocol.CredentialEntity{Name: u.Name}, DisplayName: u.Name},
		Challenge:             challenge,
		Parameters:            []protocol.CredentialParameter{es256},
		Timeout:               TimeoutMillis,
		CredentialExcludeList: descriptors(have),
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			RequireResidentKey: protocol.ResidentKeyRequired(),
			ResidentKey:        protocol.ResidentKeyRequirementRequired,
			UserVerification:   protocol.VerificationRequired,
		},
		Attestation: protocol.PreferNoAttestation,
	})
}

// Created checks the answer to Creation and gives the new passkey's credential.
//
// It proves nothing about who has the key yet: that does the first signature.
func (rp RelyingParty) Created(u User, challenge, response []byte) (Credential, error) {
	if len(challenge) != ChallengeBytes {
		return Credential{}, refused("there was no question to answer")
	}
	parsed, err := readCreation(response)
	if err != nil {
		return Credential{}, err
	}
	client := parsed.Response.CollectedClientData
	// go-webauthn compares origins as addresses, without regard to case; the
	// contract will compare bytes, so that a key which could never sign is refused here.
	if client.Origin != rp.Origin || client.TopOrigin != "" {
		return Credential{}, refused("it was made on a page of another origin")
	}
	if flags := parsed.Response.AttestationObject.AuthData.Flags; !flags.HasUserPresent() || !flags.HasUserVerified() {
		return Credential{}, refused("the device did not check who was there")
	}
	_, err = parsed.Verify(encode(challenge), rp.ID, []string{rp.Origin}, nil, nil, protocol.TopOriginExplicitVerificationMode,
		false, true, true, nil, []protocol.CredentialParameter{es256}, protocol.AttestationPolicy{}, protocol.SignaturePolicy{})
	if err != nil {
		return Credential{}, refused(explain(err))
	}
	return rp.credential(u, parsed)
}

// readCreation reads a response to a request for a new passkey. Attestation was
// not asked for, so that the browser takes it away or leaves the passkey's own
// signature (par. 5.1.3); certificates of makers are not read.
func readCreation(response []byte) (*protocol.ParsedCredentialCreationData, error) {
	if len(response) > MaxResponseBytes {
		return nil, refused("it is too long")
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(response)
	if err != nil {
		return nil, refused("it is not the JSON of a new passkey")
	}
	o := parsed.Response.AttestationObject
	_, certificates := o.AttStatement["x5c"]
	switch protocol.AttestationFormat(o.Format) {
	case protocol.AttestationFormatNone:
	case protocol.AttestationFormatPacked:
		if certificates {
			return nil, refused("it holds certificates, which nobody asked for")
		}
	default:
		return nil, refused("it holds an attestation, which nobody asked for")
	}
	return parsed, nil
}

// credential makes what is kept of a new passkey.
func (rp RelyingParty) credential(u User, parsed *protocol.ParsedCredentialCreationData) (Credential, error) {
	data := parsed.Response.AttestationObject.AuthData
	if data.Flags.HasBackupState() && !data.Flags.HasBackupEligible() {
		return Credential{}, refused("a passkey that cannot be backed up says that it is")
	}
	if n := len(data.AttData.CredentialID); n == 0 || n > maxCredentialBytes {
		return Credential{}, refused("its id is of no credential's length")
	}
	public, err := publicKey(data.AttData.CredentialPublicKey)
	if err != nil {
		return Credential{}, refused(err.Error())
	}
	key, err := sign.KeyOf(public)
	if err != nil {
		return Credential{}, err
	}
	key.Passkey = rp.passkey()
	c := Credential{
		ID: data.AttData.CredentialID, Handle: u.Handle, Key: key, SignCount: data.Counter,
		BackupEligible: data.Flags.HasBackupEligible(), BackedUp: data.Flags.HasBackupState(),
	}
	for _, t := range parsed.Response.Transports {
		if len(c.Transports) < maxTransports && len(t) <= maxTransportBytes {
			c.Transports = append(c.Transports, string(t))
		}
	}
	return c, nil
}

// publicKey reads a key on P-256 in the form of COSE (RFC 9053 par. 7.1.1).
func publicKey(text []byte) (*ecdsa.PublicKey, error) {
	var k webauthncose.EC2PublicKeyData
	if err := webauthncbor.Unmarshal(text, &k); err != nil {
		return nil, errors.New("its key cannot be read")
	}
	const coordinate = 32
	if k.KeyType != int64(webauthncose.EllipticKey) || k.Algorithm != int64(webauthncose.AlgES256) ||
		k.Curve != int64(webauthncose.P256) || len(k.XCoord) != coordinate || len(k.YCoord) != coordinate {
		return nil, errors.New("its key is not one for ES256")
	}
	point := append(append([]byte{4}, k.XCoord...), k.YCoord...)
	public, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
	if err != nil {
		return nil, errors.New("its key is no point of P-256")
	}
	return public, nil
}

// explain gives what go-webauthn found wrong, without the values that it puts
// into its second text.
func explain(err error) string {
	var e *protocol.Error
	if errors.As(err, &e) && e.Details != "" {
		return e.Details
	}
	return "it does not verify"
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

// decode reads base64url in its one spelling. Strict alone would skip line breaks.
func decode(s string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err == nil && len(s) != base64.RawURLEncoding.EncodedLen(len(b)) {
		err = errors.New("a line break in base64url")
	}
	return b, err
}
