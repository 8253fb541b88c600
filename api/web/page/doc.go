// Package page is what the pages for people are made of: their words in three
// languages, the components that they share, the templates that write them, and
// the style sheet and script that they load.
//
// It must not know of requests, sessions or the ledger's service: a view is what a
// handler gives it. It must hold no text outside of its tables of words, and must
// write nothing of anybody's that is not escaped.
package page
