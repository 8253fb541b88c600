package web

import (
	"net/http"

	"github.com/skuld-registry/skuld/api/web/page"
)

// The pages that are the same for everybody.

func (s *Server) getHelp(v *visit) error {
	return v.Show(http.StatusOK, &page.HelpPage{Help: s.Help})
}

func (s *Server) getLost(v *visit) error {
	return v.Show(http.StatusOK, &page.Lost{Help: s.Help})
}
