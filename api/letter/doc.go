// Package letter writes what a company sends to a borrower: reminders, demands,
// notices of a new holder, plans, corrections and answers, as text and as PDF, in
// three languages, from facts.
//
// A letter that lacks an element which the law asks for cannot be made: Write says
// which one is missing, and from which paragraph it comes. It must be pure: no clock,
// no ledger, no sending; and it must know no tone but one: the amount before the
// reason, the way out before the consequence, a human at the end.
package letter
