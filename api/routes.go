package api

import (
	"net/http"

	"github.com/skuld-registry/skuld/ledger"
)

// access says who may call a route.
type access int

const (
	open     access = iota // anybody
	tokened                // whoever has an access token
	signable               // whoever has an access token, and anybody who registers
)

// route is one row of the table of routes.
type route struct {
	method, pattern string
	name            string // operationId in the OpenAPI document
	access          access
	op              ledger.Op // what a write submits; "" for other routes
	binds           []bind    // what the address says of the command's body
	limit           int64     // bytes of the body; maxBody where 0
	stream          bool      // goes on until the client leaves
	probe           bool      // asks how the gateway does, and is answered however busy it is
	handle          func(*Server, http.ResponseWriter, *http.Request) error
}

// bind says that a parameter of the address is a member of the command's body.
type bind struct {
	param, member string
	number        bool
}

// routes is the one table of routes. The router, the OpenAPI document's test
// and the log's labels are all read from it.
func routes() []route {
	var t []route
	t = append(t, ownRoutes...)
	t = append(t, readRoutes...)
	t = append(t, writeRoutes...)
	return append(t, noteWriteRoutes...)
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)

// ownRoutes are about the gateway itself.
var ownRoutes = []route{
	{method: get, pattern: "/healthz", name: "getHealth", probe: true, handle: (*Server).getHealth},
	{method: get, pattern: "/readyz", name: "getReadiness", probe: true, handle: (*Server).getReadiness},
	{method: get, pattern: "/openapi.json", name: "getOpenAPI", handle: (*Server).getOpenAPI},
	{method: get, pattern: "/openapi.yaml", name: "getOpenAPIYAML", handle: (*Server).getOpenAPIYAML},
	{method: get, pattern: "/v1/network", name: "getNetwork", handle: (*Server).getNetwork},
	{method: post, pattern: "/v1/token", name: "createToken", handle: (*Server).createToken},
}

var readRoutes = []route{
	{method: get, pattern: "/v1/parties/{party}", name: "getParty", access: tokened, handle: (*Server).getParty},
	{method: get, pattern: "/v1/books", name: "listBooks", access: tokened, handle: (*Server).listBooks},
	{method: get, pattern: "/v1/books/{book}", name: "getBook", access: tokened, handle: (*Server).getBook},
	{method: get, pattern: "/v1/notes", name: "listNotes", access: tokened, handle: (*Server).listNotes},
	{method: get, pattern: "/v1/notes/{note}", name: "getNote", access: tokened, handle: (*Server).getNote},
	{method: get, pattern: "/v1/notes/{note}/history", name: "getHistory", access: tokened, handle: (*Server).getHistory},
	{method: get, pattern: "/v1/transactions/{transaction}", name: "getTransaction", access: tokened, handle: (*Server).getTransaction},
	{method: get, pattern: "/v1/events", name: "streamEvents", access: tokened, stream: true, handle: (*Server).streamEvents},
	{method: get, pattern: "/v1/imports/{import}", name: "getImport", access: tokened, handle: (*Server).getImport},
	{method: get, pattern: "/v1/imports/{import}/rows", name: "listImportRows", access: tokened, handle: (*Server).listImportRows},
}

var writeRoutes = []route{
	{method: post, pattern: "/v1/commands", name: "submitCommands", access: signable, limit: maxBatchBody, handle: (*Server).submitCommands},
	{method: post, pattern: "/v1/drafts", name: "createDraft", access: signable, handle: (*Server).createDraft},
	{method: post, pattern: "/v1/imports", name: "createImport", access: tokened, handle: (*Server).createImport},
	{method: post, pattern: "/v1/imports/{import}/rows", name: "submitImportRows", access: tokened, limit: maxBatchBody, handle: (*Server).submitImportRows},
	{method: post, pattern: "/v1/parties", name: "registerParty", access: signable, op: ledger.OpPartyRegister, handle: (*Server).write},
	{method: post, pattern: "/v1/parties/{party}/rotation", name: "rotateKeys", access: tokened, op: ledger.OpPartyRotate, handle: (*Server).write},
	{method: post, pattern: "/v1/parties/{party}/admission", name: "admitParty", access: tokened, op: ledger.OpPartyAdmit, handle: (*Server).write},
	{method: post, pattern: "/v1/parties/{party}/revocation", name: "revokeParty", access: tokened, op: ledger.OpPartyRevoke, handle: (*Server).write},
	{method: post, pattern: "/v1/books", name: "openBook", access: tokened, op: ledger.OpBookOpen, handle: (*Server).write},
	{method: post, pattern: "/v1/notes", name: "offerNote", access: tokened, op: ledger.OpOffer, handle: (*Server).write},
}

var transferBind = []bind{{param: "transfer", member: "transfer"}}

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
	onNote("disputes", "raiseDispute", ledger.OpDisputeRaise),
	onNote("disputes/{seq}/resolution", "resolveDispute", ledger.OpDisputeResolve, bind{param: "seq", member: "dispute", number: true}),
	onNote("freeze", "freezeNote", ledger.OpFreeze),
	onNote("release", "releaseNote", ledger.OpRelease),
}

func onNote(path, name string, op ledger.Op, binds ...bind) route {
	return route{
		method: post, pattern: "/v1/notes/{note}/" + path, name: name, access: tokened, op: op, binds: binds,
		handle: (*Server).write,
	}
}
