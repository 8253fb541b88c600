package ledgertest

import (
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// The organisations that a ledger under test has, by their membership ids.
const (
	LenderOrg    = "LenderMSP"
	CollectorOrg = "CollectorMSP"
	RegistrarOrg = ledger.RegistrarOrg
)

// DefaultPatience is how long a test waits for one thing to happen.
const DefaultPatience = 30 * time.Second

// World is a ledger under test: one Service for each of three organisations.
type World struct {
	Lender, Collector, Registrar ledger.Service
	// Now gives the ledger's time; time.Now unless set.
	Now func() time.Time
	// Patience is how long a test waits; DefaultPatience unless set.
	Patience time.Duration
}

// Run puts a ledger through the suite. start is called once for each test; it
// may give the same ledger again, since every test has parties of its own.
func Run(t *testing.T, start func(t *testing.T) World) {
	tests := []struct {
		name string
		run  func(*fixture)
	}{
		{"AWholeLifeOfANote", wholeLife},
		{"ANoteThatIsForgivenIsHandedBackToo", forgivenNote},
		{"WhatTheTwoSidesAgreeBindsTheBuyer", theTwoSidesAgree},
		{"EveryClassOfRefusalComesWithItsCode", refusals},
		{"ARefusalSaysItsParameters", refusalParameters},
		{"ARefusedCommandLeavesNothing", refusalLeavesNothing},
		{"ARepeatIsAnsweredWithTheFirstResult", repeats},
		{"ARepeatIsAnsweredToWhomItTookTheNoteOutOfSight", repeatOutOfSight},
		{"ACommandHandedInByManyAtOnceAppliesOnce", concurrentRepeats},
		{"ABatchAnswersEachCommandByItself", mixedBatch},
		{"CommandsOnOneNoteApplyInTheOrderOfTheCall", sameNoteInOneCall},
		{"NothingHandedInIsNothingDone", emptySubmit},
		{"ACallerThatGoesAwayMaySubmitAgain", goneCaller},
		{"CommandsThatGoTogetherAreOneTransaction", togetherCommits},
		{"OfCommandsThatGoTogetherNoneAppliesWhereOneIsRefused", togetherRefused},
		{"WhatStandsAlreadyCannotGoTogetherWithWhatDoesNot", togetherWithRepeats},
		{"WhatCannotBeOneTransactionIsNotHandedIn", togetherImpossible},
		{"ARehearsalPromisesWhatComes", rehearsals},
		{"ADraftIsRefusedForAllButItsSignature", rehearsedRefusals},
		{"ARehearsalKnowsARepeat", rehearsedRepeat},
		{"NotesAreSeenByThoseWhoAreSomethingToThem", noteEntitlement},
		{"APersonIsSeenByItsHostAndTheRegistrarAlone", partyEntitlement},
		{"BooksAndRecordsAreEverybodys", publicReads},
		{"WhatDoesNotExistIsNotFound", unknownReads},
		{"HistoryReplaysToTheHead", historyReplays},
		{"HistoryComesInPages", historyPages},
		{"HistoryIsForTheEntitled", historyEntitlement},
		{"ANoteIsReadAsItStoodAtAnInstant", past},
		{"ThePastIsForThoseWhoSeeTheNote", pastEntitlement},
		{"NothingIsLeftOfAnErasedNoteButThatItWasThere", erasure},
		{"AnErasedNoteStaysErased", erasedForGood},
		{"WhatGoesTogetherWithAnErasureIsNotKept", erasureTogether},
		{"ADebtIsKeptUntilNobodyCanClaim", retention},
		{"EvidenceHoldsForEveryoneWhoMayReadTheNote", evidenceHolds},
		{"EvidenceIsForTheEntitled", evidenceEntitlement},
		{"ARepresentativeActsForItsPrincipalWithinItsPower", representation},
		{"APowerOfAttorneyAndItsUseMayGoTogether", representationTogether},
		{"HowACompanyIsReachedIsEverybodys", contacts},
		{"LostKeysAreReplacedByTwoOrganisations", recovery},
		{"ANoteSaysMuchInItsOwnWords", longestOffer},
		{"BlocksTellEveryCommandOnceAndInOrder", blocks},
		{"BlocksResumeFromANumber", blocksResume},
		{"OfManyCommandsForOnePlaceOneWins", raceOnOneNote},
		{"ManyNotesAtOnceAllCommit", manyNotes},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(newFixture(t, start(t))) })
	}
}
