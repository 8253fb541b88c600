package authenticator

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/protocol/webauthncbor"
	"github.com/go-webauthn/webauthn/protocol/webauthncose"
)

// creationOptions and requestOptions are what a page hands to the browser, with
// the members that the device looks at (par. 5.4 and 5.5, in JSON).
type creationOptions struct {
	RP struct {
		ID string `json:"id"`
	} `json:"rp"`
	User struct {
		ID protocol.URLEncodedBase64 `json:"id"`
	} `json:"user"`
	Challenge  protocol.URLEncodedBase64       `json:"challenge"`
	Parameters []protocol.CredentialParameter  `json:"pubKeyCredParams"`
	Exclude    []protocol.CredentialDescriptor `json:"excludeCredentials"`
}

type requestOptions struct {
	RPID      string                          `json:"rpId"`
	Challenge protocol.URLEncodedBase64       `json:"challenge"`
	Allow     []protocol.CredentialDescriptor `json:"allowCredentials"`
}

// Create answers navigator.credentials.create: it makes the device's passkey that
// of the user in the options.
func (d *Device) Create(options []byte) (json.RawMessage, error) {
	var o creationOptions
	if err := json.Unmarshal(options, &o); err != nil {
		return nil, fmt.Errorf("reading the options: %w", err)
	}
	takes := func(p protocol.CredentialParameter) bool { return p.Algorithm == webauthncose.AlgES256 }
	switch {
	case o.RP.ID != d.Page.RPID:
		return nil, errors.New("SecurityError: the page may not ask for this relying party")
	case !slices.ContainsFunc(o.Parameters, takes):
		return nil, errors.New("NotSupportedError: the device has ES256 alone")
	case slices.ContainsFunc(o.Exclude, d.is):
		return nil, errors.New("InvalidStateError: the device has a passkey of this user already")
	}
	d.Handle = o.User.ID
	d.count()
	data, err := d.newCredential()
	if err != nil {
		return nil, err
	}
	object, err := webauthncbor.Marshal(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data})
	if err != nil {
		return nil, fmt.Errorf("writing the attestation: %w", err)
	}
	return d.answer(map[string]any{
		"clientDataJSON": encode(d.ClientData(TypeCreate, o.Challenge)), "attestationObject": encode(object), "transports": []string{"internal"},
	})
}

// Get answers navigator.credentials.get.
func (d *Device) Get(options []byte) (json.RawMessage, error) {
	var o requestOptions
	if err := json.Unmarshal(options, &o); err != nil {
		return nil, fmt.Errorf("reading the options: %w", err)
	}
	switch {
	case o.RPID != d.Page.RPID:
		return nil, errors.New("SecurityError: the page may not ask for this relying party")
	case len(o.Allow) > 0 && !slices.ContainsFunc(o.Allow, d.is):
		return nil, errors.New("NotAllowedError: the device has none of these passkeys")
	}
	d.count()
	a, err := d.Assert(d.AuthenticatorData(d.Flags), d.ClientData(TypeGet, o.Challenge))
	if err != nil {
		return nil, err
	}
	return d.answer(map[string]any{
		"clientDataJSON": encode(a.ClientData), "authenticatorData": encode(a.AuthenticatorData),
		"signature": encode(a.Signature), "userHandle": encode(d.Handle),
	})
}

func (d *Device) is(c protocol.CredentialDescriptor) bool { return bytes.Equal(c.CredentialID, d.ID) }

// answer writes a response as PublicKeyCredential.toJSON does (par. 5.1).
func (d *Device) answer(response map[string]any) (json.RawMessage, error) {
	return json.Marshal(map[string]any{
		"id": encode(d.ID), "rawId": encode(d.ID), "type": "public-key", "authenticatorAttachment": "platform",
		"clientExtensionResults": map[string]any{}, "response": response,
	})
}

// newCredential writes the authenticator data of a creation, which holds the new
// key (par. 6.5.1).
func (d *Device) newCredential() ([]byte, error) {
	point, err := d.key.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("writing the public key: %w", err)
	}
	key, err := webauthncbor.Marshal(map[int]any{1: 2, 3: -7, -1: 1, -2: point[1:33], -3: point[33:]})
	if err != nil {
		return nil, fmt.Errorf("writing the public key: %w", err)
	}
	data := append(d.AuthenticatorData(d.Flags|AttestedKey), make([]byte, 16)...) // of no make in particular
	data = binary.BigEndian.AppendUint16(data, uint16(len(d.ID)))
	return append(append(data, d.ID...), key...), nil
}
