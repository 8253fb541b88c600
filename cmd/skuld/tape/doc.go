// Package tape reads loan tapes, the CSV files in which lenders hand over their
// loans, as the terms of notes to offer. It reads row by row in bounded memory
// and says of every fault in which row and column it stands.
//
// It must not send anything, and must not guess: a row that it does not
// understand is a problem to report and never a note.
package tape
