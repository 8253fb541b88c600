// Package inproc is the ledger in one process: the contract behind
// ledger.Service over the stub of Fabric, with a Service for each organisation.
// Everything above the ledger is tested on it in milliseconds, and so is what
// happens when something fails, since every step of a submission can be made to.
//
// It must not have a rule, a short cut or a state of its own: what works on it
// must work on a real network.
package inproc
