package ledger

// Attestation is one answer of the contract to a question for public records,
// with the signatures of peers under it. It is made of the very bytes that the
// peers signed, so that whoever has them needs to trust nobody who carried them
// (package evidence says how they are checked).
type Attestation struct {
	// Genesis is the one envelope of the channel's first block. Its SHA-256 is
	// the network's digest, and it holds the founding organisations' root
	// certificates.
	Genesis []byte
	// Question is the proposal that the peers were asked (Fabric's peer.Proposal).
	Question []byte
	// Answer is what they all answered (Fabric's peer.ProposalResponsePayload).
	Answer []byte
	// Attesters are the peers that signed the answer, sorted by organisation; the
	// registrar's is among them, and at least one of another organisation.
	Attesters []Attester
}

// Attester is a peer and its signature.
type Attester struct {
	Identity  []byte // its serialized identity (Fabric's msp.SerializedIdentity)
	Signature []byte // ECDSA over the answer followed by the identity
}

// SignerQuery asks for the entries of a party because of a command on a note,
// which the party signed or which was signed for it: without its keys nobody
// could check that signature. Or, with Via, because it acted in the same way on
// the party that did: a representative that laid down its power, say.
type SignerQuery struct {
	Party  PartyID
	Note   NoteID
	Seq    uint64 // of the command on the note
	Via    PartyID
	ViaSeq uint64 // of the command on Via
	From   uint64 // of the first entry wanted
	Limit  int
}
