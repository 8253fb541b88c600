package web

import (
	"net/http"

	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/web/page"
)

// maxCodeTyped bounds the field in which a code is typed.
const maxCodeTyped = 48

func codeField() page.Field {
	return page.Field{
		Name: "code", Label: page.Say("landing.code"), Hint: page.Say("landing.code.hint"), Max: maxCodeTyped, Spelled: true, Autocomplete: "off",
	}
}

func (s *Server) getLanding(v *visit) error {
	return v.Show(http.StatusOK, &page.Landing{Code: codeField(), Help: s.Help})
}

// postLanding leads to the page of a code, of a note or of an invitation. Whether there
// is such a one is for that page to say.
func (s *Server) postLanding(v *visit) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	typed := v.R.PostForm.Get("code")
	if c, ok := code.Read(typed); ok {
		if v.R.PostForm.Has("invited") {
			return v.Redirect("/i/" + c.String())
		}
		return v.Redirect("/n/" + c.String())
	}
	field := codeField()
	field.Error = page.Say("landing.code.wrong")
	if len(typed) <= maxCodeTyped {
		field.Value = typed
	}
	return v.Show(http.StatusUnprocessableEntity, &page.Landing{Code: field, Help: s.Help})
}
