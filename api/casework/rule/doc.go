// Package rule is the rules by which a company's desk acts by itself, as data: what
// each does, who owns it, which assumption it rests on, where it comes from, until
// when somebody has vouched for it, and what it decides of given facts.
//
// It must be pure: no clock, no database, no ledger. A rule proposes; whether that is
// done, by whom and how it is taken back, is package casework's.
package rule
