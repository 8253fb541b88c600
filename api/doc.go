// Package api is the gateway's HTTP interface: one table of routes, one file
// for each resource, and one mapping of the ledger's refusals to problems
// (RFC 9457).
//
// It must hold no rule of notes (package ledger has those), must never hold or
// use a party's private key, and must never answer an unknown outcome with an
// error: a submitted command's fate is told or can be asked for.
package api
