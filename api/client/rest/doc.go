// Package rest is what the OpenAPI document says, in Go: a type for each of its
// schemas and a function for each of its operations, which writes the request.
// rest.gen.go is generated; a route that changes changes it, and what calls the
// route no longer compiles.
//
// It must not send anything: package client does, with its tokens, proofs and
// retries. A schema that the core has as a type is that type here.
package rest

//go:generate go test . -run Generated -update
