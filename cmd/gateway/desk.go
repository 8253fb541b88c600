package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/skuld-registry/skuld/api"
	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/desk"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/site"
)

const (
	// deskPause is how long is waited between two looks for the profile of a desk that
	// waits for it, and for an invitation that was written while the gateway serves.
	deskPause = 2 * time.Second
	// retryAfter is what a browser is told while the desk waits for its profile.
	retryAfter = "5"
)

// staffDesk is the desk of the company's staff. It may have to wait for the company's
// profile, which somebody makes while the gateway serves already.
type staffDesk struct {
	config  deskConfig
	options options
	gateway *gateway
	server  atomic.Pointer[desk.Server]
}

// ServeHTTP answers a request, or says that the desk is not there yet.
func (d *staffDesk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s := d.server.Load(); s != nil {
		s.ServeHTTP(w, r)
		return
	}
	w.Header().Set("Retry-After", retryAfter)
	http.Error(w, "The desk waits for the company's profile.", http.StatusServiceUnavailable)
}

// openDesk makes the desk, if there is to be one, and has it wait for its profile where
// it is to. It works until ctx ends.
func (g *gateway) openDesk(ctx context.Context, o options) error {
	if !o.desk.on() {
		return nil
	}
	g.desk = &staffDesk{config: o.desk, options: o, gateway: g}
	if !o.desk.Await {
		return g.desk.open(ctx)
	}
	g.resting.Go(func() { g.desk.await(ctx) })
	return nil
}

// open makes the desk with the company's profile.
func (d *staffDesk) open(ctx context.Context) error {
	p, key, err := d.config.unlock()
	if err != nil {
		return err
	}
	work := &casework.Desk{
		Service: d.options.service, Book: casebook.Open(d.gateway.store), Party: p.Party, Key: key,
		Clock: d.options.clock, Random: rand.Reader, Log: d.options.log, Limits: casework.Limits{Waiver: d.config.waiver()},
		Letters:  casework.Letters{Folder: d.config.Letters.Folder},
		Unlinked: d.config.Registrar == "",
	}
	o := desk.Options{
		Desk: work, RelyingParty: d.config.relyingParty(), Help: d.config.help(), Limits: deskLimits(d.options.limits),
		Clock: d.options.clock, Random: rand.Reader, Log: d.options.log,
	}
	if m := d.options.metrics; m != nil {
		o.Done = func(d site.Done) {
			m.Request(api.Done{Method: d.Method, Route: d.Route, Status: d.Status, Code: d.Code, Took: d.Took, Limited: d.Limited})
		}
	}
	if d.config.OIDC.Issuer != "" {
		if o.SignIn, err = d.config.OIDC.provider(d.config.Origin, d.options.clock); err != nil {
			return err
		}
	}
	server, err := desk.New(o)
	if err != nil {
		return fmt.Errorf("making the desk: %w", err)
	}
	around := casework.Surroundings{Ready: d.gateway.follower.Complete}
	if d.config.Registrar != "" {
		c, err := client.New(client.Options{Gateway: d.config.Registrar, Party: p.Party, Key: key})
		if err != nil {
			return fmt.Errorf("reaching the registrar: %w", err)
		}
		registrar := casework.AtRegistrar{Client: c}
		around.Registrar, work.Letters.Link = registrar, registrar.Link
	}
	if d.config.Inbox != "" {
		around.Folder = &casework.Folder{Path: d.config.Inbox}
	}
	for _, loop := range work.Loops(around) {
		d.gateway.resting.Go(func() { loop(ctx) })
	}
	d.gateway.resting.Go(func() { d.invite(ctx, work) })
	d.server.Store(server)
	return nil
}

// await opens the desk when its profile is there.
func (d *staffDesk) await(ctx context.Context) {
	tick := time.NewTicker(deskPause)
	defer tick.Stop()
	for {
		err := d.open(ctx)
		if err == nil {
			return
		}
		if !errors.Is(err, errNoProfile) {
			d.options.log.Warn("the desk cannot be opened; it tries again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// invite lets in whom an errand of this program has invited, also while the gateway
// serves.
func (d *staffDesk) invite(ctx context.Context, work *casework.Desk) {
	tick := time.NewTicker(deskPause)
	defer tick.Stop()
	for {
		if err := takeInvitations(ctx, d.options.data, work); err != nil && ctx.Err() == nil {
			d.options.log.Warn("an invitation to the desk is not taken", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// deskLimits gives the limits of staff, who are people as those at the pages are.
func deskLimits(l api.Limits) site.Limits { return pageLimits(l) }
