// Package casebook is the tables of a company's casework, in the database of its
// gateway beside the read model: who works there, what is to be done and why, who
// was talked to, what was agreed, what a rule decided, what the bank reported.
//
// It must decide nothing: package casework says what may be done and by whom. It must
// hold no query that only one of the two databases understands, and no list without
// a limit. What it holds of persons is theirs: it is erasable, and never in a log.
package casebook

import "github.com/skuld-registry/skuld/api/store"

// Book is the tables of casework. It may be used by many callers at a time.
type Book struct{ *store.Store }

// Open gives the tables of casework in a database that is open.
func Open(s *store.Store) *Book { return &Book{s} }
