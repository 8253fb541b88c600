// Package e2e holds the test of the whole: a person with a real browser, whose
// authenticator is a virtual one, a lender and a collector with the client of the
// REST interface, three gateways and a real network.
//
// It must not hold anything but tests, nor reach behind the pages: what a person
// cannot click or read there, no test here does.
package e2e
