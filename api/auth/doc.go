// Package auth proves who calls a gateway: it verifies the assertion that a
// client signs with its party's ledger key (RFC 7523), and issues and verifies
// the short-lived access tokens that it is exchanged for.
//
// It must not decide what a party may do, and never holds a party's private
// key: a token opens reads, while every change needs the party's own signature.
package auth
