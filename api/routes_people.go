package api

import (
	"net/http"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

// peopleRoutes are what companies do about the persons whom the registrar serves,
// also companies that another organisation hosts.
var peopleRoutes = []route{
	onPeople(post, "/v1/invitations", "createInvitation", (*Server).createInvitation),
	onPeople(get, "/v1/invitations", "listInvitations", (*Server).listInvitations),
	onPeople(get, "/v1/invitations/{invitation}", "getInvitation", (*Server).getInvitation),
	onPeople(post, "/v1/invitations/{invitation}/revocation", "revokeInvitation", (*Server).revokeInvitation),
	onPeople(post, "/v1/invitations/{invitation}/messages", "recordMessage", (*Server).recordMessage),
	onPeople(get, "/v1/notes/{note}/link", "getLink", (*Server).getLink),
	onPeople(get, "/v1/callbacks", "listCallbacks", (*Server).listCallbacks),
	onPeople(get, "/v1/callbacks/{callback}", "getCallback", (*Server).getCallback),
	onPeople(post, "/v1/callbacks/{callback}/taking", "takeCallback", (*Server).takeCallback),
	onPeople(post, "/v1/callbacks/{callback}/completion", "completeCallback", (*Server).completeCallback),
	onPeople(post, "/v1/journal", "writeJournal", (*Server).writeJournal),
	onPeople(get, "/v1/complaints", "listComplaints", (*Server).listComplaints),
	onPeople(get, "/v1/complaints/{complaint}", "getComplaint", (*Server).getComplaint),
	onPeople(post, "/v1/complaints/{complaint}/taking", "takeComplaint", (*Server).takeComplaint),
	onPeople(post, "/v1/complaints/{complaint}/answer", "answerComplaint", (*Server).answerComplaint),
	onPeople(get, "/v1/answers", "listAnswers", (*Server).listAnswers),
}

func onPeople(method, pattern, name string, handle handler) route {
	return route{method: method, pattern: pattern, name: name, access: tokened, scope: auth.People, handle: withPages(handle)}
}

// withPages refuses what only a gateway with pages for persons can do.
func withPages(handle handler) handler {
	return func(s *Server, w http.ResponseWriter, r *http.Request) error {
		if s.Pages == nil {
			return ledger.Refuse(ledger.CodeNoPages)
		}
		return handle(s, w, r)
	}
}
