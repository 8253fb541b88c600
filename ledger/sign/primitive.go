package sign

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
)

// The signatures of a JWS are made and checked here and not by jwx, whose package
// for them brings an HTTP client that fetches keys: the program that verifies
// evidence without a network has none in it.

// verifyInput checks the signature over the signing input of a JWS: ES256 as r
// and s (RFC 7518 par. 3.4), or EdDSA with Ed25519 (RFC 8037 par. 3.1).
func verifyInput(public crypto.PublicKey, input, signature []byte) bool {
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		if len(signature) != 2*coordinateBytes {
			return false
		}
		r, s := new(big.Int).SetBytes(signature[:coordinateBytes]), new(big.Int).SetBytes(signature[coordinateBytes:])
		sum := sha256.Sum256(input)
		return ecdsa.Verify(key, sum[:], r, s)
	case ed25519.PublicKey:
		return len(signature) == ed25519.SignatureSize && ed25519.Verify(key, input, signature)
	}
	return false
}

// signInput signs the signing input of a JWS. The key may be in a device.
func signInput(private crypto.Signer, input []byte) ([]byte, error) {
	if _, ok := private.Public().(ed25519.PublicKey); ok {
		return private.Sign(rand.Reader, input, crypto.Hash(0))
	}
	sum := sha256.Sum256(input)
	der, err := private.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		return nil, err
	}
	var pair struct{ R, S *big.Int }
	if rest, err := asn1.Unmarshal(der, &pair); err != nil || len(rest) > 0 {
		return nil, errors.New("the key gave no ECDSA signature")
	}
	if pair.R.Sign() < 0 || pair.S.Sign() < 0 || pair.R.BitLen() > 8*coordinateBytes || pair.S.BitLen() > 8*coordinateBytes {
		return nil, fmt.Errorf("the key gave a signature of %d and %d bits", pair.R.BitLen(), pair.S.BitLen())
	}
	signature := make([]byte, 2*coordinateBytes)
	pair.R.FillBytes(signature[:coordinateBytes])
	pair.S.FillBytes(signature[coordinateBytes:])
	return signature, nil
}
