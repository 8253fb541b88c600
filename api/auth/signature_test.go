package auth_test

import (
	"encoding/base64"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

// The orders of the groups in which signatures are computed.
var (
	orderP256    = number("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
	orderEd25519 = number("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed")
)

func number(hex string) *big.Int {
	n, _ := new(big.Int).SetString(hex, 16)
	return n
}

func fill(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }

// TestHostileSignaturesOfES256AreRefused does to the signature of a proof what
// Project Wycheproof does to those of ECDSA.
func TestHostileSignaturesOfES256AreRefused(t *testing.T) {
	s := newScene(t)
	s.prover = newClient(t, "r", ecKey(t))
	token := s.token().Text
	zero, one, n := make([]byte, 32), fill(big.NewInt(1)), fill(orderP256)
	for name, change := range map[string]func(r, s []byte) []byte{
		"empty":                         func(_, _ []byte) []byte { return nil },
		"r zero":                        func(_, s []byte) []byte { return append(slices.Clone(zero), s...) },
		"s zero":                        func(r, _ []byte) []byte { return append(r, zero...) },
		"both zero":                     func(_, _ []byte) []byte { return append(slices.Clone(zero), zero...) },
		"both one":                      func(_, _ []byte) []byte { return append(slices.Clone(one), one...) },
		"r is n":                        func(_, s []byte) []byte { return append(slices.Clone(n), s...) },
		"s is n":                        func(r, _ []byte) []byte { return append(r, n...) },
		"both are n":                    func(_, _ []byte) []byte { return append(slices.Clone(n), n...) },
		"r plus n":                      func(r, s []byte) []byte { return append(overflow(r), s...) },
		"r above n":                     func(_, s []byte) []byte { return append([]byte(strings.Repeat("\xff", 32)), s...) },
		"s above n":                     func(r, _ []byte) []byte { return append(r, strings.Repeat("\xff", 32)...) },
		"r is n-1":                      func(_, s []byte) []byte { return append(fill(new(big.Int).Sub(orderP256, big.NewInt(1))), s...) },
		"exchanged":                     func(r, s []byte) []byte { return append(s, r...) },
		"a byte less":                   func(r, s []byte) []byte { return append(r, s[:31]...) },
		"a byte more":                   func(r, s []byte) []byte { return append(append(r, s...), 0) },
		"a zero before each":            func(r, s []byte) []byte { return slices.Concat([]byte{0}, r, []byte{0}, s) },
		"r alone":                       func(r, _ []byte) []byte { return r },
		"in DER":                        der,
		"in DER, with a long length":    func(r, s []byte) []byte { return append([]byte{0x30, 0x81}, der(r, s)[1:]...) },
		"a bit of s changed":            func(r, s []byte) []byte { s[31] ^= 1; return append(r, s...) },
		"twice the bytes":               func(r, s []byte) []byte { return slices.Concat(r, s, r, s) },
		"the hash's length, not both's": func(r, s []byte) []byte { return append(r[:16], s[:16]...) },
	} {
		t.Run(name, func(t *testing.T) { refuseSigned(t, s, token, change) })
	}
	// The other half of the pair that anybody can make of a signature is one that
	// the algorithm allows. Nothing is told from another by it: the same proof in
	// both forms is good once.
	t.Run("s is n-s, which is taken once", func(t *testing.T) {
		proof := s.forNotes(token)
		other := resign(t, proof, func(r, s []byte) []byte {
			return append(r, fill(new(big.Int).Sub(orderP256, new(big.Int).SetBytes(s)))...)
		})
		if _, err := s.enter(token, other); err != nil {
			t.Errorf("the other form: %v", err)
		}
		if _, err := s.enter(token, proof); ledger.CodeOf(err) != ledger.CodeProofInvalid {
			t.Errorf("the first form after it: %v", err)
		}
	})
}

// TestHostileSignaturesOfEd25519AreRefused is the same for EdDSA, where each
// signature has one form only (RFC 8032 par. 5.1.7).
func TestHostileSignaturesOfEd25519AreRefused(t *testing.T) {
	s := newScene(t)
	token := s.token().Text
	little := func(b []byte) []byte { b = slices.Clone(b); slices.Reverse(b); return b }
	zero := make([]byte, 32)
	neutral := append([]byte{1}, zero[:31]...)
	for name, change := range map[string]func(r, s []byte) []byte{
		"empty":    func(_, _ []byte) []byte { return nil },
		"all zero": func(_, _ []byte) []byte { return make([]byte, 64) },
		"s zero":   func(r, _ []byte) []byte { return append(r, zero...) },
		"s plus the order": func(r, s []byte) []byte {
			return append(r, little(fill(new(big.Int).Add(new(big.Int).SetBytes(little(s)), orderEd25519)))...)
		},
		"s is the order":                   func(r, _ []byte) []byte { return append(r, little(fill(orderEd25519))...) },
		"the highest bits of s set":        func(r, s []byte) []byte { s[31] |= 0xe0; return append(r, s...) },
		"r is the neutral element, s zero": func(_, _ []byte) []byte { return append(slices.Clone(neutral), zero...) },
		"r of low order":                   func(_, s []byte) []byte { return append(make([]byte, 32), s...) },
		"r not on the curve":               func(_, s []byte) []byte { return append(append([]byte{2}, zero[:31]...), s...) },
		"the sign of r changed":            func(r, s []byte) []byte { r[31] ^= 0x80; return append(r, s...) },
		"exchanged":                        func(r, s []byte) []byte { return append(s, r...) },
		"a byte less":                      func(r, s []byte) []byte { return append(r, s[:31]...) },
		"a byte more":                      func(r, s []byte) []byte { return append(append(r, s...), 0) },
		"a bit changed":                    func(r, s []byte) []byte { s[0] ^= 1; return append(r, s...) },
	} {
		t.Run(name, func(t *testing.T) { refuseSigned(t, s, token, change) })
	}
}

func refuseSigned(t *testing.T, s *scene, token string, change func(r, s []byte) []byte) {
	t.Helper()
	proof := s.forNotes(token)
	hostile := resign(t, proof, change)
	if hostile == proof {
		t.Fatal("the case changes nothing")
	}
	if _, err := s.enter(token, hostile); ledger.CodeOf(err) != ledger.CodeProofInvalid {
		t.Errorf("got %v, want %s", err, ledger.CodeProofInvalid)
	}
}

// resign changes the signature of a JWS.
func resign(t *testing.T, token string, change func(r, s []byte) []byte) string {
	t.Helper()
	cut := strings.LastIndex(token, ".") + 1
	b, err := base64.RawURLEncoding.DecodeString(token[cut:])
	if err != nil || len(b) != 64 {
		t.Fatalf("a signature of %d bytes: %v", len(b), err)
	}
	return token[:cut] + encode(change(slices.Clone(b[:32]), slices.Clone(b[32:])))
}

// overflow adds the order to r, in the 33 bytes that it takes.
func overflow(r []byte) []byte {
	sum := new(big.Int).Add(new(big.Int).SetBytes(r), orderP256)
	return sum.FillBytes(make([]byte, 33))
}

// der writes a signature as ASN.1 does.
func der(r, s []byte) []byte {
	integer := func(b []byte) []byte {
		b = new(big.Int).SetBytes(b).Bytes()
		if len(b) == 0 || b[0] >= 0x80 {
			b = append([]byte{0}, b...)
		}
		return append([]byte{2, byte(len(b))}, b...)
	}
	body := append(integer(r), integer(s)...)
	return append([]byte{0x30, byte(len(body))}, body...)
}
