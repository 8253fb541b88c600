package desk

import "github.com/skuld-registry/skuld/api/casework"

// caseRoutes are cases: finding one, everything about it, and what is done in it.
var caseRoutes = []route{
	{method: get, pattern: searchPath, roles: readers, handle: (*Server).getSearch},
	{method: get, pattern: casesPath, roles: readers, handle: (*Server).getCases},
	{method: get, pattern: "/desk/cases/export", roles: readers, handle: (*Server).getCasesExport},
	{method: get, pattern: "/desk/cases/of/{note}", roles: readers, handle: (*Server).getCaseOf},
	{method: get, pattern: "/desk/cases/{number}", roles: readers, handle: (*Server).getCase},
	{method: post, pattern: "/desk/cases/{number}/owner", roles: caseworkers, handle: (*Server).postCaseOwner},
	{method: get, pattern: "/desk/cases/{number}/do/{act}", roles: workers, handle: (*Server).getCaseAct},
	{method: post, pattern: "/desk/cases/{number}/do/{act}", roles: workers, handle: (*Server).postCaseAct},
	{method: get, pattern: "/desk/cases/{number}/plan", roles: caseworkers, handle: (*Server).getPlanner},
	{method: post, pattern: "/desk/cases/{number}/plan", roles: caseworkers, handle: (*Server).postPlanner},
	{method: get, pattern: "/desk/cases/{number}/persons/{party}", roles: workers, handle: (*Server).getCasePerson},
	{method: post, pattern: "/desk/cases/{number}/persons/{party}", roles: workers, handle: (*Server).postCasePerson},
	{method: get, pattern: "/desk/cases/{number}/alternatives", roles: caseworkers, handle: (*Server).getAlternatives},
	{method: post, pattern: "/desk/cases/{number}/alternatives", roles: caseworkers, handle: (*Server).postAlternatives},
	{method: get, pattern: booksPath, roles: []casework.Role{casework.Lead, casework.Finance, casework.Auditor}, handle: (*Server).getBooks},
	{method: post, pattern: booksPath, roles: []casework.Role{casework.Lead, casework.Finance}, handle: (*Server).postBooks},
	{method: get, pattern: reachPath, roles: workers, handle: (*Server).getReachFile},
	{method: post, pattern: reachPath, roles: workers, limit: casework.MaxReachBytes, handle: (*Server).postReachFile},
}

// caseworkers are those whose work is cases; finance only writes on the ledger.
var caseworkers = []casework.Role{casework.Agent, casework.Lead}

const (
	casesPath = "/desk/cases"
	reachPath = "/desk/reach"
	booksPath = "/desk/books"
)
