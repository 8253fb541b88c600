package api

import (
	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

// ownRoutes are about the gateway itself.
var ownRoutes = []route{
	{method: get, pattern: "/healthz", name: "getHealth", probe: true, handle: (*Server).getHealth},
	{method: get, pattern: "/readyz", name: "getReadiness", probe: true, handle: (*Server).getReadiness},
	{method: get, pattern: "/openapi.json", name: "getOpenAPI", handle: (*Server).getOpenAPI},
	{method: get, pattern: "/openapi.yaml", name: "getOpenAPIYAML", handle: (*Server).getOpenAPIYAML},
	{method: get, pattern: "/docs", name: "getDocumentation", handle: (*Server).getPage},
	{method: get, pattern: "/v1/network", name: "getNetwork", handle: (*Server).getNetwork},
	{method: post, pattern: auth.TokenPath, name: "createToken", handle: (*Server).createToken},
	{method: get, pattern: serverMetadataPath, name: "getServerMetadata", handle: (*Server).getServerMetadata},
	{method: get, pattern: resourceMetadataPath, name: "getResourceMetadata", handle: (*Server).getResourceMetadata},
	{method: get, pattern: keysPath, name: "getKeys", handle: (*Server).getKeys},
}

var partyRoutes = []route{
	{method: get, pattern: "/v1/parties/{party}", name: "getParty", access: tokened, scope: auth.PartiesRead, handle: (*Server).getParty},
	{method: post, pattern: "/v1/parties", name: "registerParty", access: signable, op: ledger.OpPartyRegister, handle: (*Server).write},
	{method: post, pattern: "/v1/parties/{party}/rotation", name: "rotateKeys", access: tokened, op: ledger.OpPartyRotate, handle: (*Server).write},
	{method: post, pattern: "/v1/parties/{party}/admission", name: "admitParty", access: tokened, op: ledger.OpPartyAdmit, handle: (*Server).write},
	{method: post, pattern: "/v1/parties/{party}/revocation", name: "revokeParty", access: tokened, op: ledger.OpPartyRevoke, handle: (*Server).write},
	onParty("contact", "setContact", ledger.OpPartyContact),
	onParty("attorneys", "grantAttorney", ledger.OpAttorneyGrant),
	onParty("attorneys/{seq}/revocation", "revokeAttorney", ledger.OpAttorneyRevoke, bind{param: "seq", member: "grant", number: true}),
	onParty("recovery", "openRecovery", ledger.OpRecoveryOpen),
	onParty("recovery/confirmation", "confirmRecovery", ledger.OpRecoveryConfirm),
	onParty("recovery/objection", "objectToRecovery", ledger.OpRecoveryObject),
	{method: post, pattern: "/v1/parties/{party}/recovery/completion", name: "completeRecovery", access: signable, op: ledger.OpRecoveryComplete, handle: (*Server).write},
}

var bookRoutes = []route{
	{method: get, pattern: "/v1/books", name: "listBooks", access: tokened, scope: auth.BooksRead, handle: (*Server).listBooks},
	{method: get, pattern: "/v1/books/{book}", name: "getBook", access: tokened, scope: auth.BooksRead, handle: (*Server).getBook},
	{method: post, pattern: "/v1/books", name: "openBook", access: tokened, op: ledger.OpBookOpen, handle: (*Server).write},
}

var noteRoutes = []route{
	{method: get, pattern: "/v1/notes", name: "listNotes", access: tokened, scope: auth.NotesRead, handle: (*Server).listNotes},
	{method: get, pattern: "/v1/notes/{note}", name: "getNote", access: tokened, scope: auth.NotesRead, handle: (*Server).getNote},
	{method: get, pattern: "/v1/notes/{note}/history", name: "getHistory", access: tokened, scope: auth.NotesRead, handle: (*Server).getHistory},
	{method: get, pattern: "/v1/notes/{note}/evidence", name: "getEvidence", access: tokened, scope: auth.NotesRead, handle: (*Server).getEvidence},
	{method: get, pattern: "/v1/notes/{note}/explanation", name: "getExplanation", access: tokened, scope: auth.NotesRead, handle: (*Server).getExplanation},
	{method: get, pattern: "/v1/notes/{note}/forecast", name: "getForecast", access: tokened, scope: auth.NotesRead, handle: (*Server).getForecast},
	{method: get, pattern: "/v1/notes/{note}/statement", name: "getStatement", access: tokened, scope: auth.NotesRead, handle: (*Server).getStatement},
	{method: get, pattern: "/v1/exports/notes", name: "exportNotes", access: tokened, scope: auth.NotesRead, stream: true, handle: (*Server).exportNotes},
	{method: get, pattern: "/v1/exports/payments", name: "exportPayments", access: tokened, scope: auth.NotesRead, stream: true, handle: (*Server).exportPayments},
	{method: get, pattern: "/v1/exports/postings", name: "exportPostings", access: tokened, scope: auth.NotesRead, stream: true, handle: (*Server).exportPostings},
	{method: post, pattern: "/v1/notes", name: "offerNote", access: tokened, op: ledger.OpOffer, handle: (*Server).write},
}

var commandRoutes = []route{
	{method: post, pattern: "/v1/commands", name: "submitCommands", access: signable, scope: ofCommand, limit: maxBulkBody, handle: (*Server).submitCommands},
	{method: post, pattern: "/v1/drafts", name: "createDraft", access: signable, scope: ofCommand, handle: (*Server).createDraft},
	{method: get, pattern: "/v1/transactions/{transaction}", name: "getTransaction", access: tokened, scope: auth.NotesRead, handle: (*Server).getTransaction},
}

var transferBind = []bind{{param: "transfer", member: "transfer"}}

var proposalBind = []bind{{param: "seq", member: "proposal", number: true}}

var noteWriteRoutes = []route{
	onNote("acceptance", "acceptNote", ledger.OpAccept),
	onNote("decline", "declineNote", ledger.OpDecline),
	onNote("withdrawal", "withdrawNote", ledger.OpWithdraw),
	onNote("expiry", "expireNote", ledger.OpExpire),
	onNote("book", "moveNote", ledger.OpBookMove),
	onNote("transfers", "offerTransfer", ledger.OpTransferOffer),
	onNote("transfers/{transfer}/acceptance", "acceptTransfer", ledger.OpTransferAccept, transferBind...),
	onNote("transfers/{transfer}/rejection", "rejectTransfer", ledger.OpTransferReject, transferBind...),
	onNote("transfers/{transfer}/withdrawal", "withdrawTransfer", ledger.OpTransferWithdraw, transferBind...),
	onNote("pledge/release", "releasePledge", ledger.OpPledgeRelease),
	onNote("mandate/end", "endMandate", ledger.OpMandateEnd),
	onNote("notices", "giveNotice", ledger.OpNotice),
	onNote("payments", "writePayment", ledger.OpPay),
	onNote("payments/{seq}/reversal", "reversePayment", ledger.OpPayReverse, bind{param: "seq", member: "payment", number: true}),
	onNote("forgiveness", "forgive", ledger.OpForgive),
	onNote("charges", "chargeFee", ledger.OpCharge),
	onNote("reliefs", "relieve", ledger.OpRelief),
	onNote("setoffs", "setOff", ledger.OpSetoff),
	onNote("disputes", "raiseDispute", ledger.OpDisputeRaise),
	onNote("disputes/{seq}/resolution", "resolveDispute", ledger.OpDisputeResolve, bind{param: "seq", member: "dispute", number: true}),
	onNote("claims", "claimPayment", ledger.OpPayClaim),
	onNote("claims/{seq}/denial", "denyPayment", ledger.OpPayDeny, bind{param: "seq", member: "claim", number: true}),
	onNote("amendments", "proposeAmendment", ledger.OpAmendPropose),
	onNote("amendments/{seq}/acceptance", "acceptAmendment", ledger.OpAmendAccept, proposalBind...),
	onNote("amendments/{seq}/rejection", "rejectAmendment", ledger.OpAmendReject, proposalBind...),
	onNote("amendments/{seq}/withdrawal", "withdrawAmendment", ledger.OpAmendWithdraw, proposalBind...),
	onNote("acceleration", "accelerate", ledger.OpAccelerate),
	onNote("acceleration/{seq}/cure", "cureAcceleration", ledger.OpCure, bind{param: "seq", member: "acceleration", number: true}),
	onNote("interruptions", "interruptLimitation", ledger.OpInterrupt),
	onNote("freeze", "freezeNote", ledger.OpFreeze),
	onNote("release", "releaseNote", ledger.OpRelease),
	onNote("debt-relief", "relieveOfDebt", ledger.OpDebtRelief),
	onNote("erasure", "eraseNote", ledger.OpErase),
}

func onParty(path, name string, op ledger.Op, binds ...bind) route {
	return route{
		method: post, pattern: "/v1/parties/{party}/" + path, name: name, access: tokened, op: op, binds: binds,
		handle: (*Server).write,
	}
}

func onNote(path, name string, op ledger.Op, binds ...bind) route {
	return route{
		method: post, pattern: "/v1/notes/{note}/" + path, name: name, access: tokened, op: op, binds: binds,
		handle: (*Server).write,
	}
}
