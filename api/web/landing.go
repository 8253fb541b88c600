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
	return s.show(v, http.StatusOK, &page.Landing{Code: codeField(), Help: s.Help})
}

// postLanding leads to the page of a code, of a note or of an invitation. Whether there
// is such a one is for that page to say.
func (s *Server) postLanding(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return formError(err)
	}
	typed := v.r.PostForm.Get("code")
	if c, ok := code.Read(typed); ok {
		if v.r.PostForm.Has("invited") {
			return s.redirect(v, "/i/"+c.String())
		}
		return s.redirect(v, "/n/"+c.String())
	}
	field := codeField()
	field.Error = page.Say("landing.code.wrong")
	if len(typed) <= maxCodeTyped {
		field.Value = typed
	}
	return s.show(v, http.StatusUnprocessableEntity, &page.Landing{Code: field, Help: s.Help})
}
