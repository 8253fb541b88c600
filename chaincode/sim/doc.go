// Package sim plays the registry against a hostile world: honest, mistaken and
// dishonest parties, lost, doubled and delayed transactions, peers that are
// behind, restarts and clocks that jump, all drawn from one seed, so that what
// failed once fails again.
//
// Two judges watch. The auditor knows only which commands were sent, which
// answers came and what stands in public blocks, and says whether every answer
// is one that could have been given. The inspector looks at everything that the
// peers keep after every block, and compares it with what the rules make of the
// commands.
//
// It must not sleep, read the machine's clock or draw from any other source
// than the seed, and it must not know a rule of its own: what is right is said
// by package ledger.
package sim
