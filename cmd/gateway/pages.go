package main

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"

	"github.com/skuld-registry/skuld/api"
	"github.com/skuld-registry/skuld/api/auth/passkey"
	"github.com/skuld-registry/skuld/api/code"
	"github.com/skuld-registry/skuld/api/web"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
)

// pagesConfig says how the pages for people are served. A gateway without an origin
// of them serves none, which is right for all but the registrar's.
type pagesConfig struct {
	Origin    string `yaml:"origin"` // scheme, host and port as a browser shows them
	RPID      string `yaml:"rp_id"`  // the domain that passkeys are bound to, for ever
	Name      string `yaml:"name"`   // of the registry, on every page
	Human     string `yaml:"human"`  // who answers the telephone there
	Phone     string `yaml:"phone"`
	Hours     string `yaml:"hours"`
	Email     string `yaml:"email"`
	Address   string `yaml:"address"`   // for letters, in lines
	Storybook bool   `yaml:"storybook"` // every component in every state, for trials
}

func (c *pagesConfig) on() bool { return c.Origin != "" }

func (c *pagesConfig) relyingParty() passkey.RelyingParty {
	return passkey.RelyingParty{ID: c.RPID, Origin: c.Origin, Name: c.Name}
}

func (c *pagesConfig) help() page.HumanCard {
	return page.HumanCard{Company: c.Name, Name: c.Human, Phone: c.Phone, Hours: c.Hours, Email: c.Email, Address: c.Address}
}

// check says what is wrong. Browsers make no passkeys for pages that come without
// TLS, but for those of their own machine by its name.
func (c *pagesConfig) check(f *faults) {
	if !c.on() {
		if *c != (pagesConfig{}) {
			f.add("pages.origin", "it is missing: say where the pages are")
		}
		return
	}
	if err := c.relyingParty().Check(); err != nil {
		f.add("pages", "%w", err)
	}
	if u, err := url.Parse(c.Origin); err != nil || u.Scheme != "https" && u.Hostname() != "localhost" {
		f.add("pages.origin", "%q is neither https nor http://localhost", c.Origin)
	}
	if c.Phone == "" || c.Hours == "" {
		f.add("pages.phone", "name a telephone number and its hours: every page has somebody to call")
	}
}

func pagesKey(data string) string { return filepath.Join(data, "pages.key") }

// openCodes opens the key of the codes that lead to the pages; none where the gateway
// serves none.
func (o *options) openCodes() error {
	if !o.site.on() || o.pages != nil {
		return nil
	}
	key, err := code.OpenKey(pagesKey(o.data))
	if err != nil {
		return err
	}
	o.pages = &api.Pages{Origin: o.site.Origin, Codes: key}
	return nil
}

// pageLimits gives the limits of visitors. Who is signed in is one human with a few
// devices, and may ask what an address may: the limits of a party are those of a
// company's systems, with which one person could keep all peers busy gathering proofs.
func pageLimits(l api.Limits) site.Limits {
	return site.Limits{Address: l.Address, Person: l.Address, Proxies: l.Proxies}
}

func (g *gateway) newPages(o options) (*web.Server, error) {
	if !o.site.on() {
		return nil, nil
	}
	var done func(site.Done)
	if o.metrics != nil {
		done = func(d site.Done) {
			o.metrics.Request(api.Done{Method: d.Method, Route: d.Route, Status: d.Status, Code: d.Code, Took: d.Took, Limited: d.Limited})
		}
	}
	pages, err := web.New(web.Options{
		Service: o.service, Store: g.store, RelyingParty: o.site.relyingParty(), Help: o.site.help(),
		Codes: o.pages.Codes, Complete: g.follower.Complete,
		Limits:    pageLimits(o.limits),
		Storybook: o.site.Storybook, Clock: o.clock, Random: rand.Reader, Log: o.log, Done: done,
	})
	if err != nil {
		return nil, fmt.Errorf("making the pages: %w", err)
	}
	return pages, nil
}

// handler answers programs and people: what is not the REST interface's is a page,
// where there are pages, of persons or of staff.
func (g *gateway) handler() http.Handler {
	var pages http.Handler
	switch {
	case g.pages != nil:
		pages = g.pages
	case g.desk != nil:
		pages = g.desk
	default:
		return g.server
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.server.Serves(r.URL.Path) {
			g.server.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}
