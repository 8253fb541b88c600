// Package client talks to a gateway over its REST interface: it signs commands
// with the party's own key, hands them in until their outcome is known, and
// reads what the party may see.
//
// It must never send a private key, must never sign what it did not write
// itself, and must never sign a second command because the outcome of the first
// is not known: it sends the same one again, which applies only once.
package client
