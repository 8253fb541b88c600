// Package ledgertest says what a ledger must do, as tests that any
// ledger.Service can be run through, and holds what such tests are made of:
// signers with keys, drafts of commands, and a ledger in maps to compare with.
//
// It must not know any particular ledger: the in-memory one and the Fabric
// network run the same tests from their own packages.
package ledgertest
