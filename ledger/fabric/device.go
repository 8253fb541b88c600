package fabric

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/hyperledger/fabric-gateway/pkg/identity"

	"github.com/skuld-registry/skuld/ledger/sign/pkcs11"
)

// deviceCaller is a caller whose key lives in a device. Fabric's own support of
// devices is another build of its library, with its own way to name keys; here all
// keys are named alike.
func deviceCaller(id identity.Identity, certified crypto.PublicKey, uri string) (caller, error) {
	reference, err := pkcs11.Parse(uri)
	if err != nil {
		return caller{}, err
	}
	key, err := pkcs11.Open(reference, nil)
	if err != nil {
		return caller{}, fmt.Errorf("opening the client's key: %w", err)
	}
	if public, ok := key.Public().(*ecdsa.PublicKey); !ok || !public.Equal(certified) {
		return caller{}, errors.Join(errors.New("opening the client's key: the certificate is of another key"), key.Close())
	}
	sign, err := signWith(key)
	if err != nil {
		return caller{}, errors.Join(fmt.Errorf("making the client's signer: %w", err), key.Close())
	}
	return caller{id: id, sign: sign, close: key.Close}, nil
}

// signWith makes Fabric's signatures with a key on P-256 that lives elsewhere.
// Fabric takes an ECDSA signature only with the lower of the two values of S that
// are right, since a second signature of the same bytes could be made from the
// first without the key.
func signWith(key crypto.Signer) (identity.Sign, error) {
	public, ok := key.Public().(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() {
		return nil, fmt.Errorf("%T is not a key on the curve P-256", key.Public())
	}
	order := public.Curve.Params().N
	half := new(big.Int).Rsh(order, 1)
	return func(digest []byte) ([]byte, error) {
		der, err := key.Sign(rand.Reader, digest, crypto.SHA256)
		if err != nil {
			return nil, err
		}
		var signature struct{ R, S *big.Int }
		if rest, err := asn1.Unmarshal(der, &signature); err != nil || len(rest) > 0 {
			return nil, fmt.Errorf("reading a signature of %d bytes that the device made: %w", len(der), err)
		}
		if signature.S.Cmp(half) > 0 {
			signature.S.Sub(order, signature.S)
		}
		return asn1.Marshal(signature)
	}, nil
}
