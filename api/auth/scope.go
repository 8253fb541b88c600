package auth

import (
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

// Scope is a kind of act that an access token may be narrowed to (RFC 6749 par.
// 3.3). It bounds what a token is good for, never what a party may do: that is
// the ledger's to say, of a command that the party signed.
type Scope string

// The scopes.
const (
	NotesRead      Scope = "notes:read"      // notes, their history and what became of commands
	NotesOffer     Scope = "notes:offer"     // the lender's side of making a note
	NotesAccept    Scope = "notes:accept"    // the borrower's side of it
	NotesTransfer  Scope = "notes:transfer"  // who holds, pledges and collects, and telling the borrower
	NotesPayment   Scope = "notes:payment"   // payments, fees and what is taken off
	NotesAmend     Scope = "notes:amend"     // plans, pauses, rates and times
	NotesClaim     Scope = "notes:claim"     // when all falls due, and how long the debt may be claimed
	NotesDispute   Scope = "notes:dispute"   // disputes and their ends
	NotesAuthority Scope = "notes:authority" // what courts and enforcement agencies order
	NotesErase     Scope = "notes:erase"     // the end of what is kept
	BooksRead      Scope = "books:read"
	BooksWrite     Scope = "books:write" // opening books and moving notes between one's own
	PartiesRead    Scope = "parties:read"
	PartiesWrite   Scope = "parties:write" // keys, contacts, powers of attorney, admissions and revocations
	EventsRead     Scope = "events:read"   // the stream of what happens
	Webhooks       Scope = "webhooks"      // addresses that events are sent to
	Imports        Scope = "imports"       // files whose rows become notes
	People         Scope = "people"        // inviting persons, and calling those who asked for it
)

// opScopes gives the scope that each operation's command needs.
var opScopes = map[ledger.Op]Scope{
	ledger.OpPartyRegister: PartiesWrite, ledger.OpPartyRotate: PartiesWrite,
	ledger.OpPartyRevoke: PartiesWrite, ledger.OpPartyAdmit: PartiesWrite,
	ledger.OpPartyContact: PartiesWrite, ledger.OpAttorneyGrant: PartiesWrite, ledger.OpAttorneyRevoke: PartiesWrite,
	ledger.OpRecoveryOpen: PartiesWrite, ledger.OpRecoveryConfirm: PartiesWrite, ledger.OpRecoveryObject: PartiesWrite,
	ledger.OpRecoveryComplete: PartiesWrite,

	ledger.OpBookOpen: BooksWrite, ledger.OpBookMove: BooksWrite,

	ledger.OpOffer: NotesOffer, ledger.OpWithdraw: NotesOffer, ledger.OpExpire: NotesOffer,
	ledger.OpAccept: NotesAccept, ledger.OpDecline: NotesAccept,

	ledger.OpTransferOffer: NotesTransfer, ledger.OpTransferAccept: NotesTransfer,
	ledger.OpTransferReject: NotesTransfer, ledger.OpTransferWithdraw: NotesTransfer,
	ledger.OpPledgeRelease: NotesTransfer, ledger.OpMandateEnd: NotesTransfer, ledger.OpNotice: NotesTransfer,

	ledger.OpPay: NotesPayment, ledger.OpPayReverse: NotesPayment, ledger.OpForgive: NotesPayment,
	ledger.OpPayClaim: NotesPayment, ledger.OpPayDeny: NotesPayment,
	ledger.OpCharge: NotesPayment, ledger.OpRelief: NotesPayment, ledger.OpSetoff: NotesPayment,

	ledger.OpAmendPropose: NotesAmend, ledger.OpAmendAccept: NotesAmend,
	ledger.OpAmendReject: NotesAmend, ledger.OpAmendWithdraw: NotesAmend,

	ledger.OpAccelerate: NotesClaim, ledger.OpCure: NotesClaim, ledger.OpInterrupt: NotesClaim,

	ledger.OpDisputeRaise: NotesDispute, ledger.OpDisputeResolve: NotesDispute,

	ledger.OpFreeze: NotesAuthority, ledger.OpRelease: NotesAuthority, ledger.OpDebtRelief: NotesAuthority,

	ledger.OpErase: NotesErase,
}

// ScopeOf gives the scope that a command of an operation needs; "", which no
// token has, for an operation that there is not.
func ScopeOf(op ledger.Op) Scope { return opScopes[op] }

// Scopes are a token's scopes, sorted and each once.
type Scopes []Scope

// everybodys are the scopes that every kind of party may have. Orders are among
// them: who may give one is a rule of the ledger, which says so better.
var everybodys = Scopes{
	NotesRead, NotesOffer, NotesAccept, NotesTransfer, NotesPayment, NotesAmend, NotesClaim, NotesDispute, NotesAuthority, NotesErase,
	BooksRead, BooksWrite, PartiesRead, PartiesWrite, EventsRead,
}

// guests are the scopes of a company that another organisation hosts.
var guests = Scopes{People}

// ScopesOf gives all scopes that a party of a kind may have. Files and webhooks
// are for systems, which persons are not; nor do they serve other persons.
func ScopesOf(kind ledger.PartyKind) Scopes {
	all := slices.Clone(everybodys)
	switch kind {
	case ledger.Company:
		all = append(all, Webhooks, Imports, People)
	case ledger.Authority:
		all = append(all, Webhooks)
	}
	slices.Sort(all)
	return all
}

// AllScopes gives every scope that there is.
func AllScopes() Scopes {
	all := append(slices.Clone(everybodys), Webhooks, Imports, People)
	slices.Sort(all)
	return all
}

// Within gives those of the scopes that are among others.
func (s Scopes) Within(others Scopes) Scopes {
	return slices.DeleteFunc(slices.Clone(s), func(one Scope) bool { return !others.Has(one) })
}

// Has says whether the scopes hold one.
func (s Scopes) Has(one Scope) bool { return one != "" && slices.Contains(s, one) }

// String writes the scopes as RFC 6749 par. 3.3 does, with a space between.
func (s Scopes) String() string {
	words := make([]string, len(s))
	for i, one := range s {
		words[i] = string(one)
	}
	return strings.Join(words, " ")
}

// maxScopeBytes bounds the text of a scope parameter or claim.
const maxScopeBytes = 512

// readScopes reads scopes as they are written in a request or a claim. It gives
// those that are among allowed, and the first that is not, if any.
func readScopes(text string, allowed Scopes) (scopes Scopes, unknown string) {
	if len(text) > maxScopeBytes {
		return nil, text[:40]
	}
	for word := range strings.FieldsSeq(text) {
		switch one := Scope(word); {
		case allowed.Has(one):
			scopes = append(scopes, one)
		case unknown == "":
			unknown = word[:min(len(word), 40)]
		}
	}
	slices.Sort(scopes)
	return slices.Compact(scopes), unknown
}

// Narrow gives the scopes that a party asked for: all that are allowed to it where
// it names none. One that does not exist or is not its to have is refused with
// scope_unknown.
func Narrow(asked string, allowed Scopes) (Scopes, error) {
	if asked == "" {
		return allowed, nil
	}
	scopes, unknown := readScopes(asked, allowed)
	if unknown != "" || len(scopes) == 0 {
		return nil, ledger.Refuse(ledger.CodeScopeUnknown, "scope", unknown)
	}
	return scopes, nil
}
