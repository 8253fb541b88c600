// Package bankfile reads what a bank tells of an account: the ISO 20022 messages
// camt.053 (statement) and camt.054 (notification) and Bankgirot's BgMax. It makes
// and reads payment references, and says which debt an incoming payment is for.
//
// Read checks a file against the structure of its format and refuses what does not
// fit, by path and line: a payment that is half understood would be booked on
// somebody's debt. Where a file contradicts itself, its totals for one, the entries
// are given and the difference beside them as a Fault, for a person to see.
//
// It must not open a file, read a clock or know what is kept: it is a pure function
// of bytes. It must not guess: where two debts would fit a payment, it gives both.
package bankfile
