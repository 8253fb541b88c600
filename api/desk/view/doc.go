// Package view is what the pages of the desk are made of: their words in three
// languages, their templates, their style sheet and script, beside what package page
// shares with the borrower's pages.
//
// It must not know of requests, sessions, acts or the casebook: a view is what a
// handler gives it. It must hold no text outside of its tables of words (words_*.go),
// and must write nothing of anybody's that is not escaped.
package view
