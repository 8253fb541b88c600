// Package visitor is a person at the pages of a site, in software: a browser with its
// cookies that fills in forms as they stand on a page, and a device that has a passkey.
// Demonstrations and tests do with it what a person does, and nothing else.
//
// It must not know of any page, and must not stand where a real person's key is: the
// device's key follows from a seed.
package visitor
