// Package finance is the arithmetic of a loan: money, rates, dates, the legal
// calendar, instalment schedules, accrued and late interest, the order in which
// a payment is spent, limitation, and the limits that a law sets on an offer.
//
// Everybody who has an opinion about what is owed asks this package: the
// chaincode, the gateway, the pages and the offline verifier. They can only agree
// if it is a pure function of its arguments, so it must not read a clock, a
// file, a network, an environment variable or a random source, must not use
// floating point, and must not let the order of a map reach a result. The tables
// that it knows (reference rates, price base amounts) are compiled in, each row
// with its source; what a table does not say is a *MissingRateError and never a
// guess.
//
// To book a payment, its ValueDate is found, Accrue adds up the interest until
// then, RoundMicro makes it an amount, and Allocate spends the payment. A loan
// that is always paid on the last possible day so follows its Schedule to the
// minor unit and ends at zero.
//
// It says what a rule is and where it comes from. It is not legal advice.
package finance
