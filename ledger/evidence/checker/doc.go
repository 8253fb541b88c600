// Package checker is a second, independent checker of evidence files. It is written
// from FORMAT.md of the folder above and from nothing else: whoever finds that the
// two checkers differ has found a fault in one of them, or a sentence of that page
// that says too little.
//
// It must import nothing but Go's standard library, and share no code with any other
// package of this module. It has no rules: whether a command was allowed, and whether
// the arithmetic is right, is for the registry's own checker to say (section 8).
package checker
