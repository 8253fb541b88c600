// Package report counts how a company's work with debts goes: what was in time, what
// was kept, what is owed and for how long, and what persons said of it. Each measure
// has its target, and what it rests on is counted by month and team.
//
// It must not know a language, a page or a database, and it must show nothing of
// answers that fewer than MinGroup persons gave, nor anything from which such a group
// could be worked out.
package report
