// Package desk is the pages of a company's staff, on the company's own gateway: what
// to do now and why, everything about a caller on one page, and every act with its
// check, its reason and its way back.
//
// It must hold no rule of notes (package ledger has those), no rule of who may do
// what to a case (package casework has those) and no words or mark-up (package view
// has those). Nothing is shown to a role that its route does not name, no reading of
// personal data goes without a row in the audit, and nothing of a person is written
// into a log.
package desk
