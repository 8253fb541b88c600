package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/web/site/visitor"
)

const (
	// deskOpens bounds the wait for a desk that waits for its company's profile.
	deskOpens = 30 * time.Second
	// deskPause is between two looks at what comes in a moment.
	deskPause = 200 * time.Millisecond

	invitedPath = "/desk/i/"
	peoplePath  = "/desk/people"
)

// member is somebody of the collector's staff.
type member struct {
	name, phone, team string
	roles             []string
}

// staff are those who have worked at the desk when it is first looked at. Karin is who
// tries it; the agreement of a second person is Maria's.
var staff = []member{
	{"Karin Holm", "+46855500103", "Stockholm", []string{"agent", "lead", "finance", "auditor"}},
	{"Omar Said", "+46846500413", "Stockholm", []string{"agent"}},
	{"Maria Brandt", "+46846500423", "Ekonomi", []string{"lead", "finance"}},
}

// administrator looks after people and roles, and sees no case.
const administrator = "Ulla Norling"

// desk is the collector's desk as those see it who work there.
type desk struct {
	*memory
	origin, base string // as a browser, and as this program, shows it
	secret       string // from which the devices' keys follow
	errand       []string
	people       map[string]*visitor.Visitor
}

// newcomerAt gives somebody a browser and a device.
func (d *desk) newcomerAt(name string) (*visitor.Visitor, error) {
	return visitor.New(visitor.Options{
		Base: d.base, Origin: d.origin, RPID: "localhost", Language: "sv", Seed: d.secret + name, Handle: d.of("passkey of " + name),
	})
}

// opens waits until the desk is open.
func (d *desk) opens(ctx context.Context) error {
	v, err := d.newcomerAt("")
	if err != nil {
		return err
	}
	return await(ctx, deskOpens, func() (bool, error) {
		_, err := v.Get(ctx, "/desk/signin")
		refused, is := errors.AsType[*visitor.RefusedError](err)
		if is && refused.Status == http.StatusServiceUnavailable {
			return false, nil
		}
		return err == nil, err
	})
}

// await tries until something is so, at most for a while.
func await(ctx context.Context, limit time.Duration, so func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(deskPause)
	defer tick.Stop()
	for {
		if is, err := so(); is || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("it does not come within %s", limit)
		case <-tick.C:
		}
	}
}

// enters signs somebody in: with the passkey from before, or with a one-time link.
func (d *desk) enters(ctx context.Context, name string, link func() (string, error)) error {
	v, err := d.newcomerAt(name)
	if err != nil {
		return err
	}
	d.people[name] = v
	step := "passkey of " + name
	if d.done(step) {
		page, err := v.Get(ctx, "/desk/signin")
		if err == nil {
			_, err = v.Ceremony(ctx, page)
		}
		if err != nil {
			return fmt.Errorf("signing %s in: %w", name, err)
		}
		return nil
	}
	address, err := link()
	if err != nil {
		return fmt.Errorf("inviting %s: %w", name, err)
	}
	page, err := v.Get(ctx, strings.TrimPrefix(address, d.origin))
	if err == nil {
		_, err = v.Ceremony(ctx, page)
	}
	if err != nil {
		return fmt.Errorf("making a passkey for %s: %w", name, err)
	}
	return d.keep(step, v.Handle())
}

// invited has the program of the network print a one-time link, as who runs a gateway
// lets its first administrator in, and waits until it opens the desk.
func (d *desk) invited(ctx context.Context, name, roles string) (string, error) {
	cmd := exec.CommandContext(ctx, d.errand[0], append(d.errand[1:], "invite", name, "--as", roles)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("asking for a one-time link: %w", err)
	}
	link := strings.TrimSpace(string(out))
	v, err := d.newcomerAt("")
	if err != nil {
		return "", err
	}
	return link, await(ctx, deskOpens, func() (bool, error) { // the gateway takes an invitation a moment later
		_, err := v.Get(ctx, strings.TrimPrefix(link, d.origin))
		refused, is := errors.AsType[*visitor.RefusedError](err)
		if is && refused.Status == http.StatusNotFound {
			return false, nil
		}
		return err == nil, err
	})
}

// errandOf is the program of the network, which lies beside this one unless it is said
// where.
func errandOf(o options) ([]string, error) {
	program := o.network
	if program == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("finding this program: %w", err)
		}
		program = filepath.Join(filepath.Dir(self), "network")
	}
	return []string{program, "--home", o.home}, nil
}

// gather has everybody come in: the administrator first, who then lets the others in.
func (d *desk) gather(ctx context.Context) error {
	err := d.enters(ctx, administrator, func() (string, error) { return d.invited(ctx, administrator, "administrator") })
	if err != nil {
		return err
	}
	for _, m := range staff {
		if err := d.enters(ctx, m.name, func() (string, error) { return d.adds(ctx, m) }); err != nil {
			return err
		}
	}
	return nil
}

// adds has the administrator add a member of staff, and gives the one-time link.
func (d *desk) adds(ctx context.Context, m member) (string, error) {
	return d.linked(ctx, peoplePath, peoplePath, url.Values{"name": {m.name}, "phone": {m.phone}, "team": {m.team}, "roles": m.roles})
}

// invites has the administrator make another one-time link for a member of staff: for
// who tries the desk in a browser of their own.
func (d *desk) invites(ctx context.Context, name string) (string, error) {
	path := peoplePath + "/" + d.of("passkey of "+name)
	return d.linked(ctx, path, path+"/invitation", nil)
}

// linked sends a form of the administrator's and gives the one-time link that is shown.
func (d *desk) linked(ctx context.Context, path, action string, values url.Values) (string, error) {
	ulla := d.people[administrator]
	page, err := ulla.Get(ctx, path)
	if err == nil {
		page, err = ulla.Send(ctx, page, action, values)
	}
	if err != nil {
		return "", err
	}
	_, code, found := strings.Cut(page.Text(), invitedPath)
	if !found {
		return "", errors.New("the page shows no one-time link")
	}
	return d.origin + invitedPath + strings.Fields(code)[0], nil
}

// does has a member of staff fill in a form of a page, and confirm it where it is
// checked first. It gives the id of what was done, or of what waits for a second
// person; none where the page tells neither.
func (d *desk) does(ctx context.Context, who, path, action string, values url.Values) (string, error) {
	v := d.people[who]
	page, err := v.Get(ctx, path)
	if err != nil {
		return "", err
	}
	return d.sends(ctx, v, page, action, values)
}

func (d *desk) sends(ctx context.Context, v *visitor.Visitor, page *visitor.Page, action string, values url.Values) (string, error) {
	page, err := v.Send(ctx, page, action, values)
	if err == nil && strings.HasPrefix(page.At.Path, "/desk/check/") {
		page, err = v.Send(ctx, page, page.At.Path, nil)
	}
	if err != nil {
		return "", err
	}
	q := page.At.Query()
	return q.Get("done") + q.Get("waits"), nil
}
