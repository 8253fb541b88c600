package api

import (
	"net/http"
	"time"
)

type networkAnswer struct {
	Network       string    `json:"network"`      // digest that commands must name
	Organisation  string    `json:"organisation"` // who runs the gateway
	Org           string    `json:"org"`          // its membership id
	Registration  string    `json:"registration"` // open or closed
	TokenEndpoint string    `json:"token_endpoint"`
	Pages         string    `json:"pages,omitempty"` // address of the pages for persons
	Time          time.Time `json:"time"`
}

func (s *Server) getNetwork(w http.ResponseWriter, _ *http.Request) error {
	registration := "closed"
	if s.RegistrationOpen {
		registration = "open"
	}
	a := networkAnswer{
		Network: s.Service.Network(), Organisation: s.Organisation, Org: s.Org, Registration: registration,
		TokenEndpoint: TokenURL(s.URL), Time: s.Clock().UTC().Truncate(time.Second),
	}
	if s.Pages != nil {
		a.Pages = s.Pages.Origin
	}
	return answer(w, http.StatusOK, a)
}

func (s *Server) getHealth(w http.ResponseWriter, _ *http.Request) error {
	return answer(w, http.StatusOK, struct {
		Status string `json:"status"`
	}{"ok"})
}

type readiness struct {
	Ready   bool     `json:"ready"`
	Missing []string `json:"missing"` // what keeps the gateway from working
}

func (s *Server) getReadiness(w http.ResponseWriter, r *http.Request) error {
	missing := s.Missing(r.Context())
	if len(missing) > 0 {
		return answer(w, http.StatusServiceUnavailable, readiness{Missing: missing})
	}
	return answer(w, http.StatusOK, readiness{Ready: true, Missing: []string{}})
}
