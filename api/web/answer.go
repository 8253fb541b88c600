package web

import (
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger"
)

// Around is what stands around the pages of a visit.
func (v *visit) Around() page.Around {
	f := page.Frame{Language: v.Language, Service: v.server.RelyingParty.Name, Help: v.server.Help}
	if v.party != nil {
		f.Private, f.Home = true, "/me"
		f.Person = &page.Visitor{Token: site.FormToken(v.Token)}
		if v.person != nil {
			f.Person.Name = v.person.Name
		}
		f.Alert = v.server.recoveryAlert(v)
	}
	return f
}

// Explain says in a page of a refusal where to go from there, and which power a
// representative lacks.
func (v *visit) Explain(e *ledger.Error, p *page.Problem) {
	p.Links = []page.Link{{Href: "/", Text: page.Say("frame.to-the-page")}}
	if v.party != nil {
		p.Links[0] = page.Link{Href: "/me", Text: page.Say("frame.notes")}
	}
	if scope := e.Params["scope"]; e.Code == ledger.CodeNoPowerOfAttorney && scope != "" { // there is one, and it does not go so far
		p.Heading, p.Text = page.Say("problem.power"), page.Say(page.Key("power."+scope))
	}
}
