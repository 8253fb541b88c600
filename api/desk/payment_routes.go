package desk

import (
	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/casework"
)

const paymentsPath = "/desk/payments"

// maxUpload is how many bytes the form of a bank file has: the largest file and what
// stands around it.
const maxUpload = bankfile.MaxBytes + 64<<10

// payers are those who may read what the bank tells of payers; matchers say what a
// payment is.
var (
	payers   = []casework.Role{casework.Lead, casework.Finance, casework.Auditor}
	matchers = []casework.Role{casework.Lead, casework.Finance}
)

// paymentRoutes are bank files, their entries and what is due to clients.
var paymentRoutes = []route{
	{method: get, pattern: paymentsPath, roles: payers, handle: (*Server).getPayments},
	{method: post, pattern: paymentsPath, roles: matchers, limit: maxUpload, handle: (*Server).postPayments},
	{method: get, pattern: "/desk/payments/files/{file}", roles: payers, handle: (*Server).getBankFile},
	{method: get, pattern: "/desk/payments/entries/{entry}", roles: payers, handle: (*Server).getBankEntry},
	{method: post, pattern: "/desk/payments/entries/{entry}/apply", roles: matchers, handle: (*Server).postPaymentApply},
	{method: post, pattern: "/desk/payments/entries/{entry}/ignore", roles: matchers, handle: (*Server).postPaymentIgnore},
	{method: post, pattern: "/desk/payments/entries/{entry}/restore", roles: matchers, handle: (*Server).postPaymentRestore},
	{method: post, pattern: "/desk/payments/entries/{entry}/unmatch", roles: matchers, handle: (*Server).postPaymentUnmatch},
	{method: post, pattern: "/desk/payments/entries/{entry}/returned", roles: matchers, handle: (*Server).postPaymentReturned},
	{method: post, pattern: "/desk/payments/entries/{entry}/refund/{part}", roles: money, handle: (*Server).postPaymentRefund},
	{method: get, pattern: "/desk/payments/clients", roles: payers, handle: (*Server).getClientMoney},
	{method: post, pattern: "/desk/payments/clients", roles: money, handle: (*Server).postClientMoney},
	{method: get, pattern: "/desk/payments/differences", roles: payers, handle: (*Server).getDifferences},
}
