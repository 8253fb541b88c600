// Package chaincode is the contract: it takes batches of signed commands from
// Fabric, has package ledger judge them, and keeps what follows; and it answers
// reads to those who are entitled to them.
//
// It must hold no rule of notes, which package ledger has. Nothing that it puts
// into public state, events, answers or error texts may hold a person, a term
// or anything that either could be guessed from: every member keeps those for
// ever.
package chaincode
