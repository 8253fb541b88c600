// Package auth proves who calls a gateway, as the FAPI 2.0 Security Profile has it:
// it verifies the assertion that a client signs with its party's ledger key (RFC
// 7523), gives the short-lived access token that it is exchanged for (RFC 9068),
// and takes that token only with a proof of the key that it is bound to (RFC
// 9449). It keeps the gateway's own signing keys, and reads those of an
// organisation's own issuer.
//
// It must not decide what a party may do, and never holds a party's private key: a
// token opens reads, while every change needs the party's own signature.
package auth
