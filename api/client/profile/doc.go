// Package profile keeps what one party needs on one machine: the gateway it
// talks to, its id and book, and its private keys in encrypted files.
//
// It must never send anything anywhere, and must never write a private key or
// a passphrase in the clear.
package profile
