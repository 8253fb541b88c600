// Package part makes parts of pages out of facts about a note: the lines that explain
// what is owed, the picture of a plan, a way to pay beside that of today. Borrowers
// and staff see the same.
//
// It must not compute money or dates, which package ledger does, and it knows no
// request, no reader and no language.
package part
