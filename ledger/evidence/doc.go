// Package evidence is the file that proves a note without us: its signed
// commands, those of the parties that signed them, and what the peers of at
// least two organisations attest of it with their own signatures. Gather makes
// one, Verify checks one; FORMAT.md says what stands in it, so that a stranger
// can write a checker that shares nothing with ours.
//
// Verify must do no I/O, read no clock and trust nobody but the network whose
// digest its caller names. Neither it nor what it imports may need a network.
package evidence
