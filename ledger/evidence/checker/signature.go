package checker

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
)

// signature is a signed command taken apart (section 6).
type signature struct {
	keyID    string
	payload  []byte
	seal     [32]byte
	verifies func(*key) error
}

// jwsType is the type of a signed command's header.
const jwsType = "skuld-command+jws"

func takeApart(signed object) (signature, error) {
	if jws, ok := signed["jws"].(string); ok {
		return takeJWS(jws)
	}
	return takeAssertion(text(signed, "webauthn"))
}

func takeJWS(s string) (signature, error) {
	parts := strings.Split(s, ".")
	if len(parts) != 3 {
		return signature{}, errors.New("a JWS has three parts")
	}
	header, first := bytesOf(parts[0])
	payload, second := bytesOf(parts[1])
	value, third := bytesOf(parts[2])
	if err := errors.Join(first, second, third); err != nil {
		return signature{}, err
	}
	h, err := canonical(header)
	if err == nil {
		err = shape(h, []string{"alg", "kid", "typ"})
	}
	if err != nil {
		return signature{}, err
	}
	if text(h, "typ") != jwsType {
		return signature{}, errors.New("it is signed as something else")
	}
	algorithm, signed := text(h, "alg"), []byte(parts[0]+"."+parts[1])
	return signature{
		keyID: text(h, "kid"), payload: payload, seal: sha256.Sum256([]byte(parts[0] + "." + parts[2])),
		verifies: func(k *key) error {
			if k.passkey {
				return errors.New("the key is a passkey and signs no JWS")
			}
			return k.verifyJWS(algorithm, signed, value)
		},
	}, nil
}

func (k *key) verifyJWS(algorithm string, signed, value []byte) error {
	sum := sha256.Sum256(signed)
	var good bool
	switch {
	case k.edwards != nil && algorithm == "EdDSA":
		good = ed25519.Verify(k.edwards, signed, value)
	case k.curve != nil && algorithm == "ES256" && len(value) == 64:
		good = ecdsa.Verify(k.curve, sum[:], new(big.Int).SetBytes(value[:32]), new(big.Int).SetBytes(value[32:]))
	}
	if !good {
		return errors.New("the signature is not of this key")
	}
	return nil
}

// The flags of authenticator data.
const (
	userPresent    = 0x01
	userVerified   = 0x04
	backupEligible = 0x08
	backedUp       = 0x10
	attestedData   = 0x40
	extensionData  = 0x80

	authenticatorBytes = 37
)

// assertion is what an authenticator signed.
type assertion struct {
	authenticator, client, value []byte
	payload                      []byte
}

func takeAssertion(s string) (signature, error) {
	parts := strings.Split(s, ".")
	if len(parts) != 5 {
		return signature{}, errors.New("an assertion has five parts")
	}
	var in [4][]byte
	for i := range in {
		var err error
		if in[i], err = bytesOf(parts[i+1]); err != nil {
			return signature{}, err
		}
	}
	a := &assertion{payload: in[0], authenticator: in[1], client: in[2], value: in[3]}
	return signature{
		keyID: parts[0], payload: a.payload, seal: sha256.Sum256([]byte(parts[0] + "." + strings.Join(parts[2:], "."))), verifies: a.verify,
	}, nil
}

func (a *assertion) verify(k *key) error {
	if !k.passkey || k.curve == nil {
		return errors.New("the key is no passkey and signs no assertion")
	}
	if err := a.checkAuthenticator(k); err != nil {
		return err
	}
	if err := a.checkClient(k); err != nil {
		return err
	}
	client := sha256.Sum256(a.client)
	sum := sha256.Sum256(append(bytes.Clone(a.authenticator), client[:]...))
	if !ecdsa.VerifyASN1(k.curve, sum[:], a.value) {
		return errors.New("the signature is not of this key")
	}
	return nil
}

func (a *assertion) checkAuthenticator(k *key) error {
	if len(a.authenticator) != authenticatorBytes {
		return errors.New("the authenticator's data have another length")
	}
	party := sha256.Sum256([]byte(k.rpID))
	flags := a.authenticator[32]
	switch {
	case !bytes.Equal(a.authenticator[:32], party[:]):
		return errors.New("it was made for another domain")
	case flags&userPresent == 0 || flags&userVerified == 0:
		return errors.New("nobody was there, or nobody knows who")
	case flags&(attestedData|extensionData) != 0, flags&backedUp != 0 && flags&backupEligible == 0:
		return errors.New("the authenticator's flags contradict its data")
	}
	return nil
}

func (a *assertion) checkClient(k *key) error {
	v, err := parse(a.client)
	if err != nil {
		return err
	}
	c, ok := v.(object)
	if !ok {
		return errors.New("the client's data are no object")
	}
	challenge := sha256.Sum256(a.payload)
	_, top := c["topOrigin"]
	cross, has := c["crossOrigin"]
	switch {
	case text(c, "type") != "webauthn.get":
		return errors.New("it is no assertion")
	case text(c, "origin") != k.origin:
		return errors.New("it was made on another page")
	case text(c, "challenge") != base64.RawURLEncoding.EncodeToString(challenge[:]):
		return errors.New("it is for another command")
	case top || has && cross != false:
		return errors.New("it was made in a page within a page")
	}
	return nil
}

// key is a public key of a party.
type key struct {
	curve   *ecdsa.PublicKey
	edwards ed25519.PublicKey

	passkey      bool
	rpID, origin string
}

// readKey reads a key and its id, which must be its thumbprint (RFC 7638).
func readKey(o object) (id string, k *key, err error) {
	k = &key{}
	if passkey, has := o["passkey"]; has {
		p, ok := passkey.(object)
		if !ok || shape(p, []string{"rp_id", "origin"}) != nil {
			return "", nil, errors.New("the passkey's pages are missing")
		}
		k.passkey, k.rpID, k.origin = true, text(p, "rp_id"), text(p, "origin")
	}
	kind, curve := text(o, "kty"), text(o, "crv")
	x, err := bytesOf(text(o, "x"))
	if err != nil || len(x) != 32 {
		return "", nil, errors.New("the key's x is none")
	}
	thumb := `{"crv":"` + curve + `","kty":"` + kind + `","x":"` + text(o, "x") + `"`
	members := []string{"kid", "kty", "crv", "x"}
	switch {
	case kind == "OKP" && curve == "Ed25519":
		k.edwards = x
	case kind == "EC" && curve == "P-256":
		members = append(members, "y")
		thumb += `,"y":"` + text(o, "y") + `"`
		if k.curve, err = point(x, text(o, "y")); err != nil {
			return "", nil, err
		}
	default:
		return "", nil, errors.New("the key is of another sort")
	}
	if err := shape(o, members, "passkey"); err != nil {
		return "", nil, err
	}
	sum := sha256.Sum256([]byte(thumb + "}"))
	if id = text(o, "kid"); id != base64.RawURLEncoding.EncodeToString(sum[:]) {
		return "", nil, errors.New("the key's id is not its thumbprint")
	}
	return id, k, nil
}

// point reads a point of P-256, which must lie on the curve.
func point(x []byte, yText string) (*ecdsa.PublicKey, error) {
	y, err := bytesOf(yText)
	if err != nil || len(y) != 32 {
		return nil, errors.New("the key's y is none")
	}
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), bytes.Join([][]byte{{4}, x, y}, nil))
	if err != nil {
		return nil, errors.New("the key is no point of its curve")
	}
	return key, nil
}
