package casework

import (
	"github.com/skuld-registry/skuld/ledger"
)

// caseKinds are the acts on cases, on the ledger and beside it.
var caseKinds = []kind{
	{name: ActName(ledger.OpPay), roles: working(Finance), approval: booksMuch, make: writes},
	{name: ActName(ledger.OpPayReverse), roles: []Role{Lead, Finance}, reason: true, make: writes},
	{name: ActName(ledger.OpPayDeny), roles: working(Finance), reason: true, make: writes},
	{name: ActName(ledger.OpDisputeResolve), roles: working(), reason: true, make: writes},
	{name: ActName(ledger.OpForgive), roles: []Role{Lead, Finance}, reason: true, approval: always, make: writes},
	{name: ActName(ledger.OpCharge), roles: working(), byRule: true, override: ActName(ledger.OpRelief), make: writes},
	{name: ActName(ledger.OpRelief), roles: working(Finance), reason: true, approval: waivesMuch, make: writes},
	{name: ActName(ledger.OpSetoff), roles: []Role{Lead, Finance}, reason: true, approval: netsMuch, make: writes},
	{name: ActName(ledger.OpNotice), roles: working(), make: writes},
	{name: ActName(ledger.OpAmendPropose), roles: working(), approval: sparesMuch, make: writes},
	{name: ActName(ledger.OpAmendAccept), roles: working(), approval: sparesMuch, make: writes},
	{name: ActName(ledger.OpAmendReject), roles: working(), reason: true, make: writes},
	{name: ActName(ledger.OpAmendWithdraw), roles: working(), make: writes},
	{name: ActName(ledger.OpAccelerate), roles: []Role{Lead}, reason: true, make: writes},
	{name: ActName(ledger.OpCure), roles: []Role{Lead}, reason: true, make: writes},
	{name: ActName(ledger.OpInterrupt), roles: working(), make: writes},
	{name: ActName(ledger.OpTransferAccept), roles: []Role{Lead, Finance}, make: writes},
	{name: ActName(ledger.OpTransferReject), roles: []Role{Lead, Finance}, reason: true, make: writes},
	{name: ActName(ledger.OpMandateEnd), roles: []Role{Lead}, reason: true, make: writes},
	{name: NameCheckOffers, roles: []Role{Lead, Finance}, make: func() Act { return new(CheckOffers) }},
	{name: NameStopOffers, roles: []Role{Lead, Finance}, make: func() Act { return new(StopOffers) }},
	{name: NameDeal, roles: []Role{Lead, Finance}, reason: true, approval: always, make: func() Act { return new(Deal) }},
	{name: NameAssign, roles: working(), make: func() Act { return new(Assign) }},
	{name: NameReach, roles: working(Finance), make: func() Act { return new(Reach) }},
	{name: NameAlternatives, roles: working(), make: func() Act { return new(Alternatives) }},
}

// writes makes an act on the ledger, for its JSON to be read into.
func writes() Act { return new(OnLedger) }

// working gives the roles that work cases, and more.
func working(more ...Role) []Role { return append([]Role{Agent, Lead}, more...) }
