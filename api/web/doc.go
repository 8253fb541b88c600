// Package web serves the pages for people, on the registrar's gateway: who has
// a note's code sees where it stands and whom to call, and who signs in with a
// passkey sees their own notes and signs what they decide.
//
// It must hold no rule of notes (package ledger has those) and no words or mark-up
// (package page has those). It must never hold a person's key, must show nothing
// personal before sign-in, and must write neither names nor codes into a log.
package web
