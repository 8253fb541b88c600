// Package stub keeps Fabric's rules in memory: a channel with one peer for each
// organisation, an orderer that cuts blocks, and one chaincode. A simulation
// sees the state of its peer and never its own writes; every key has the
// version of the transaction that wrote it; a transaction that read a version
// which is no longer current is invalid; the values of a private collection
// are on its members' peers and their hashes on all; and everything that every
// member gets to keep is retained as bytes, so that a test can look for what
// must not be there.
//
// It is deterministic and has no goroutines, clock or randomness of its own.
// It must not know the contract or the rules of notes, and it does not check
// what Fabric's membership service does: certificates and the signatures of
// clients, peers and orderers are taken as good. What a peer signs for outsiders
// (Attest) has real signatures, whose roots stand in the first block.
package stub
