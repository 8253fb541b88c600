// Package casework is what a company's staff and its rules do about the notes that
// the company holds or collects: every act, who may do it, when a second person must
// agree, and how it is taken back.
//
// It must hold no rule of notes (package ledger has those), no SQL (package casebook)
// and no mark-up or words (package view): what it says, it says as keys of words. No
// act may exist that no person can stop, change or undo.
package casework
