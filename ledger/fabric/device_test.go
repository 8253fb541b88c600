package fabric

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/asn1"
	"io"
	"math/big"
	"testing"
)

// elsewhere is a key of which only its signatures are seen.
type elsewhere struct{ crypto.Signer }

func (e elsewhere) Sign(random io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	return e.Signer.Sign(random, digest, opts)
}

func TestSignaturesOfADeviceHaveTheLowerS(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sign, err := signWith(elsewhere{key})
	if err != nil {
		t.Fatal(err)
	}
	half := new(big.Int).Rsh(elliptic.P256().Params().N, 1)
	for n := range byte(32) { // of 32 signatures, all have it by chance once in four billion
		digest := sha256.Sum256([]byte{n})
		der, err := sign(digest[:])
		if err != nil {
			t.Fatal(err)
		}
		var signature struct{ R, S *big.Int }
		if _, err := asn1.Unmarshal(der, &signature); err != nil || signature.S.Cmp(half) > 0 {
			t.Errorf("signature %d: S is the higher one, %v", n, err)
		}
		if !ecdsa.VerifyASN1(&key.PublicKey, digest[:], der) {
			t.Errorf("signature %d is wrong", n)
		}
	}
}

func TestOnlyKeysOnP256SignForFabric(t *testing.T) {
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	larger, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []crypto.Signer{edwards, larger} {
		if _, err := signWith(key); err == nil {
			t.Errorf("%T is taken", key)
		}
	}
}
