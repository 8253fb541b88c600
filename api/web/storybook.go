package web

import (
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/ledger"
)

// storybookRoutes are served only where the options say so: for trials.
var storybookRoutes = []route{
	{method: get, pattern: "/storybook", handle: (*Server).getStorybook},
	{method: get, pattern: "/storybook/{story}", handle: (*Server).getStory},
}

func (s *Server) getStorybook(v *visit) error {
	return v.Show(http.StatusOK, &page.Storybook{Stories: page.Stories()})
}

func (s *Server) getStory(v *visit) error {
	for _, story := range page.Stories() {
		if story.Name == chi.URLParam(v.R, "story") {
			return v.Show(http.StatusOK, story.View)
		}
	}
	return ledger.Refuse(ledger.CodeNotFound)
}
