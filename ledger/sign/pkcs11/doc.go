// Package pkcs11 signs with keys that live in a device (a hardware security
// module, a smart card) and never leave it. A key is named by its URI (RFC 7512).
//
// It must not read a private key out of a device, and must not take a PIN from
// anywhere but a file that only its owner can read, or from its caller. Devices
// are reached through C, so that only a program that is built with the tag pkcs11
// has them; another one says so when it is asked to open a key.
package pkcs11
