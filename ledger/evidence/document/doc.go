// Package document writes an evidence file as a page for people: what the note
// says, who has signed what, what is proven and what is not, with the file itself
// inside. The page needs nothing from anywhere, and runs no script.
//
// It must prove nothing itself: what it says is what package evidence found, and
// whoever doubts a page checks the file inside it.
package document
