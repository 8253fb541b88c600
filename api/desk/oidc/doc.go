// Package oidc signs staff in at the organisation's own identity provider, by OpenID
// Connect: authorization code with PKCE (RFC 7636), a state that is bound to the
// browser, and a nonce that is bound to the token.
//
// It must not keep anything: what must be remembered until somebody is back is the
// desk's to keep, once. It must not decide what a role may do; it only says which of
// the desk's roles the provider's claim gives. A provider that does not answer keeps
// nobody from the desk who has another way in.
package oidc
