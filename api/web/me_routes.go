package web

import "github.com/skuld-registry/skuld/api/web/site"

// borrowerRoutes are for who is signed in.
var borrowerRoutes = []route{
	{method: get, pattern: "/me", signedIn: true, handle: (*Server).getNotes},
	{method: get, pattern: "/me/notes/{note}", signedIn: true, handle: (*Server).getNote},
	{method: get, pattern: "/me/notes/{note}/offer", signedIn: true, handle: (*Server).getOffer},
	{method: post, pattern: "/me/notes/{note}/offer", signedIn: true, handle: (*Server).postOffer},
	{method: get, pattern: "/me/notes/{note}/paid", signedIn: true, handle: (*Server).getPaid},
	{method: post, pattern: "/me/notes/{note}/paid", signedIn: true, handle: (*Server).postPaid},
	{method: get, pattern: "/me/notes/{note}/setoff", signedIn: true, handle: (*Server).getSetOff},
	{method: post, pattern: "/me/notes/{note}/setoff", signedIn: true, handle: (*Server).postSetOff},
	{method: get, pattern: "/me/notes/{note}/wrong", signedIn: true, handle: (*Server).getWrong},
	{method: post, pattern: "/me/notes/{note}/wrong", signedIn: true, handle: (*Server).postWrong},
	{method: post, pattern: "/me/notes/{note}/withdrawal", signedIn: true, handle: (*Server).postWithdrawal},
	{method: get, pattern: "/me/notes/{note}/help", signedIn: true, handle: (*Server).getWays},
	{method: post, pattern: "/me/notes/{note}/help", signedIn: true, handle: (*Server).postWays},
	{method: get, pattern: "/me/notes/{note}/proposal", signedIn: true, handle: (*Server).getProposal},
	{method: post, pattern: "/me/notes/{note}/proposal", signedIn: true, handle: (*Server).postProposal},
	{method: get, pattern: "/me/notes/{note}/journal", signedIn: true, handle: (*Server).getJournal},
	{method: get, pattern: "/me/notes/{note}/complaint", signedIn: true, handle: (*Server).getComplaint},
	{method: post, pattern: "/me/notes/{note}/complaint", signedIn: true, handle: (*Server).postComplaint},
	{method: get, pattern: "/me/notes/{note}/someone", signedIn: true, handle: (*Server).getSomeone},
	{method: get, pattern: "/me/notes/{note}/receipts/{seq}", signedIn: true, handle: (*Server).getReceipt},
	{method: get, pattern: "/me/notes/{note}/evidence", signedIn: true, handle: (*Server).getEvidence},
	{method: get, pattern: "/me/notes/{note}/print", signedIn: true, handle: (*Server).getPrint},

	{method: get, pattern: "/me/sign/{draft}", signedIn: true, handle: (*Server).getSign},
	{method: post, pattern: "/me/sign/{draft}", signedIn: true, limit: site.MaxCeremony, handle: (*Server).postSign},
	{method: post, pattern: "/me/sign/{draft}/cancel", signedIn: true, handle: (*Server).postCancel},

	{method: get, pattern: "/me/keys", signedIn: true, handle: (*Server).getKeys},
	{method: get, pattern: "/me/keys/new", signedIn: true, handle: (*Server).getNewKey},
	{method: post, pattern: "/me/keys/new", signedIn: true, limit: site.MaxCeremony, handle: (*Server).postNewKey},
	{method: post, pattern: "/me/keys/remove", signedIn: true, handle: (*Server).postRemoveKey},
	{method: post, pattern: "/me/keys/name", signedIn: true, handle: (*Server).postNameKey},
	{method: post, pattern: "/me/keys/invite", signedIn: true, handle: (*Server).postInviteDevice},
	{method: post, pattern: "/me/keys/device", signedIn: true, handle: (*Server).postLetIn},

	{method: get, pattern: "/me/helpers", signedIn: true, handle: (*Server).getHelpers},
	{method: post, pattern: "/me/helpers", signedIn: true, handle: (*Server).postHelper},
	{method: post, pattern: "/me/helpers/forget", signedIn: true, handle: (*Server).postForgetHelper},
	{method: post, pattern: "/me/helpers/revoke", signedIn: true, handle: (*Server).postRevoke},
	{method: post, pattern: "/me/helpers/renounce", signedIn: true, handle: (*Server).postRenounce},
	{method: get, pattern: "/me/helpers/{invitation}", signedIn: true, handle: (*Server).getGrant},
	{method: post, pattern: "/me/helpers/{invitation}", signedIn: true, handle: (*Server).postGrant},

	{method: get, pattern: "/me/recovery", signedIn: true, handle: (*Server).getRecovery},
	{method: post, pattern: "/me/recovery", signedIn: true, handle: (*Server).postRecovery},
}
