// Package ledger is the pure core of the registry: the words (party, note,
// book, command), the one transition table that says who may do what to a note
// and when, the stable error codes, and the facts that are derived from a note
// and a date. Chaincode, gateway, pages and offline verifier all run it, so
// they cannot disagree.
//
// It must never do I/O, read a clock, draw randomness or use floating point,
// and it imports no Fabric, no HTTP and no SQL: an endorsement is only worth
// something when every organisation's peer computes the same bytes.
package ledger
