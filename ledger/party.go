package ledger

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
)

// PartyKind is what sort of party it is.
type PartyKind string

// The kinds of party.
const (
	Person    PartyKind = "person"
	Company   PartyKind = "company"
	Authority PartyKind = "authority" // court or enforcement agency; only through the registrar
)

// Standing says whether a party may still act.
type Standing string

// The standings.
const (
	Proposed Standing = "proposed" // an authority that no other organisation has admitted
	InForce  Standing = "active"
	Revoked  Standing = "revoked"
)

// MaxKeys is the most keys that a party may have at a time.
const MaxKeys = 8

// Party is the full, private state of a party.
type Party struct {
	ID       PartyID   `json:"id"`
	Seq      uint64    `json:"seq"`
	Head     Digest    `json:"head"`
	Kind     PartyKind `json:"kind"`
	Name     string    `json:"name,omitempty"` // of a company or an authority; never of a person
	Org      string    `json:"org"`            // the member organisation that hosts it (its MSP id)
	Standing Standing  `json:"standing"`
	Keys     []Key     `json:"keys"`
	// Contact is how people reach a company or an authority; never a person.
	Contact *Contact `json:"contact,omitempty"`
	// Attorneys are the powers of attorney that the party has granted.
	Attorneys []Attorney `json:"attorneys,omitempty"`
	// Recovery is set while a person who lost its keys is to get new ones.
	Recovery *Recovery `json:"recovery,omitempty"`
}

// Key gives the party's key with this id.
func (p *Party) Key(id string) (Key, bool) { return findKey(p.Keys, id) }

func findKey(keys []Key, id string) (Key, bool) {
	i := slices.IndexFunc(keys, func(k Key) bool { return k.ID == id })
	if i < 0 {
		return Key{}, false
	}
	return keys[i], true
}

// clone copies a party so deeply that rules can change the copy.
func (p *Party) clone() *Party {
	c := *p
	c.Keys = slices.Clone(p.Keys)
	c.Attorneys = slices.Clone(p.Attorneys)
	if p.Recovery != nil {
		c.Recovery = new(*p.Recovery)
	}
	return &c
}

// Record gives what the public may see of the party.
func (p *Party) Record(commitment Digest) PartyRecord {
	return PartyRecord{V: 1, Seq: p.Seq, Org: p.Org, Standing: p.Standing, Head: p.Head, Commitment: commitment}
}

// PartyRecord is the control record of a party in public channel state: a
// pseudonymous id, who hosts it, and a commitment to its keys.
type PartyRecord struct {
	V          int      `json:"v"`
	Seq        uint64   `json:"seq"`
	Org        string   `json:"org"`
	Standing   Standing `json:"standing"`
	Head       Digest   `json:"head"`
	Commitment Digest   `json:"commitment"`
}

// Key is a public key as a JSON Web Key (RFC 7517), its id the thumbprint of
// RFC 7638. EC with P-256 signs ES256, OKP with Ed25519 signs EdDSA.
type Key struct {
	ID  string `json:"kid"`
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	X   string `json:"x"`
	Y   string `json:"y,omitempty"`
	// Passkey is set for a key that lives in an authenticator: it signs WebAuthn
	// assertions and nothing else, and a key without it signs none.
	Passkey *Passkey `json:"passkey,omitempty"`
}

// Passkey says for which pages a passkey signs. The party registers it with the
// key, so that no other page, whoever serves it, can get a signature that counts.
type Passkey struct {
	RPID   string `json:"rp_id"`  // relying party id: a domain
	Origin string `json:"origin"` // of the pages: scheme, host and port
}

// Thumbprint computes the id that the key must have (RFC 7638 par. 3).
func (k Key) Thumbprint() string {
	var members string
	if k.Kty == "EC" {
		members = `{"crv":"` + k.Crv + `","kty":"EC","x":"` + k.X + `","y":"` + k.Y + `"}`
	} else {
		members = `{"crv":"` + k.Crv + `","kty":"` + k.Kty + `","x":"` + k.X + `"}`
	}
	sum := sha256.Sum256([]byte(members))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// check says whether the key has a form that a signature can be verified with.
// That the point lies on its curve is checked where the key is used.
func (k Key) check() error {
	coordinate := func(s string) bool {
		b, err := decodeBase64(s)
		return err == nil && len(b) == 32
	}
	ec := k.Kty == "EC" && k.Crv == "P-256" && coordinate(k.X) && coordinate(k.Y)
	okp := k.Kty == "OKP" && k.Crv == "Ed25519" && coordinate(k.X) && k.Y == ""
	if !ec && !okp {
		return Refuse(CodeKeyUnsupported)
	}
	if k.ID != k.Thumbprint() {
		return Refuse(CodeKeyThumbprint, "want", k.Thumbprint())
	}
	if k.Passkey == nil {
		return nil
	}
	if !ec {
		return Refuse(CodeKeyUnsupported) // ES256 is what every authenticator has
	}
	return k.Passkey.Check()
}

// Book is a set of notes held together. All of it is public: its holder is a
// pseudonymous id, and which notes it has stands in the notes' own records.
type Book struct {
	V      int     `json:"v"`
	ID     BookID  `json:"id"`
	Seq    uint64  `json:"seq"`
	Head   Digest  `json:"head"`
	Holder PartyID `json:"holder"`
}
