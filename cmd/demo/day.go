package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/api/web/site/visitor"
	"github.com/skuld-registry/skuld/ledger"
)

// day is a day of work at the collector's desk: debts that have come to it, and what
// staff has done about them. Staff does it on the pages, with passkeys; borrowers sign
// with keys of their own.
type day struct {
	gateways map[string]string
	actors   map[string]*actor
	desk     *desk
	cases    map[string]string // paths of their pages, by who owes
}

// seedDesk makes the day, on what seed has made, as far as it is not there yet.
func seedDesk(ctx context.Context, o options, gateways map[string]string, out io.Writer) error {
	d, err := newDay(ctx, o, gateways)
	if err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{
		d.desk.opens, d.desk.gather, d.vouchForRules, d.makeDebts, d.findCases, d.knowPersons,
		d.shareCases, d.tellBorrowers, d.writeLetters, d.talk, d.hearBorrowers, d.agree, d.bringBankFile, d.settle, d.askHowItWas,
	} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("making a day at the desk: %w", err)
		}
	}
	return d.announce(ctx, out)
}

func newDay(ctx context.Context, o options, gateways map[string]string) (*day, error) {
	dir := filepath.Join(o.home, demoFolder)
	secret, err := seedPassphrase(dir)
	if err != nil {
		return nil, err
	}
	d := &day{gateways: gateways, actors: map[string]*actor{}, cases: map[string]string{}}
	for _, name := range []string{"lender", "bank", "collector"} {
		p, err := profile.Open(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if p.Party == "" {
			return nil, fmt.Errorf("there is no %s; run demo seed first", name)
		}
		key, err := seedKey(p, secret)
		if err != nil {
			return nil, err
		}
		if d.actors[name], err = known(p.Gateway, p.Party, key); err != nil {
			return nil, err
		}
		d.actors[name].book = p.Book
	}
	network, err := d.actors["collector"].Network(ctx)
	if err != nil {
		return nil, err
	}
	kept, err := recall(dir, network)
	if err != nil {
		return nil, err
	}
	errand, err := errandOf(o)
	d.desk = &desk{
		memory: kept, base: gateways["collector"], secret: string(secret), errand: errand, people: map[string]*visitor.Visitor{},
		origin: strings.Replace(gateways["collector"], "127.0.0.1", "localhost", 1), // a browser makes passkeys for no address
	}
	return d, err
}

// Who does what.
const (
	karin = "Karin Holm"
	omar  = "Omar Said"
	maria = "Maria Brandt"
)

// vouchForRules has a lead say of each rule that it is right, who answers for it from
// then on. Before that the rules only ask.
func (d *day) vouchForRules(ctx context.Context) error {
	const rulesPath = "/desk/rules"
	page, err := d.desk.people[maria].Get(ctx, rulesPath)
	if err != nil {
		return err
	}
	for _, path := range page.Links(rulesPath + "/SE.") {
		_, err := d.desk.once("vouched for "+path, func() (string, error) {
			return d.desk.does(ctx, maria, path, path+"/review", url.Values{"review_reason": {"Genomgången med teamet; stämmer med lagen och med hur våra kunder betalar."}})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// caseOpens bounds the wait for the case of a note.
const caseOpens = 20 * time.Second

// findCases finds the case of each debt, which opens by itself a moment after the note
// has come.
func (d *day) findCases(ctx context.Context) error {
	for _, b := range debts {
		var page *visitor.Page
		err := await(ctx, caseOpens, func() (found bool, err error) {
			page, err = d.desk.people[karin].Get(ctx, "/desk/cases/of/"+d.desk.of("note of "+b.name))
			if _, is := errors.AsType[*visitor.RefusedError](err); is {
				return false, nil
			}
			return err == nil, err
		})
		if err != nil {
			return fmt.Errorf("finding the case of %s: %w", b.name, err)
		}
		d.cases[b.name] = page.At.Path
	}
	return nil
}

// knowPersons brings the contact details that came with the debts.
func (d *day) knowPersons(ctx context.Context) error {
	_, err := d.desk.once("contact details", func() (string, error) {
		var rows strings.Builder
		w := csv.NewWriter(&rows)
		err := w.Write([]string{"case", "name", "phone", "email", "address", "language"})
		for _, b := range debts {
			number := d.cases[b.name][strings.LastIndexByte(d.cases[b.name], '/')+1:]
			err = errors.Join(err, w.Write([]string{number, b.name, b.phone, b.email, b.address, string(b.language)}))
		}
		if w.Flush(); err != nil {
			return "", fmt.Errorf("writing contact details: %w", err)
		}
		return d.desk.does(ctx, karin, "/desk/reach", "/desk/reach", url.Values{"rows": {rows.String()}})
	})
	return err
}

// on has a member of staff do something in a case, once: the step names it.
func (d *day) on(ctx context.Context, step, who, of, page string, values url.Values) (string, error) {
	path := d.cases[of] + page
	return d.desk.once(step+" "+of, func() (string, error) { return d.desk.does(ctx, who, path, path, values) })
}

// maxTries bounds how often a command is written anew because a rule came first to the
// same note.
const maxTries = 5

// borrower does something about a note of their own, once.
func (d *day) borrower(ctx context.Context, step, name string, op ledger.Op, body func(*ledger.Note) (any, error)) error {
	_, err := d.desk.once(step+" "+name, func() (string, error) {
		i := slices.IndexFunc(debts, func(b debt) bool { return b.name == name })
		a, err := d.borrowerOf(ctx, &debts[i])
		for try := 0; err == nil && try < maxTries; try++ {
			if err = d.doesNow(ctx, a, name, op, body); ledger.CodeOf(err) != ledger.CodeSeqStale {
				return "", err
			}
			err = nil
		}
		return "", cmp.Or(err, errors.New("the note changes all the time"))
	})
	return err
}

// doesNow does something about a note as it stands.
func (d *day) doesNow(ctx context.Context, a *actor, name string, op ledger.Op, body func(*ledger.Note) (any, error)) error {
	note, err := d.noteOf(ctx, a, name)
	if err != nil {
		return err
	}
	what, err := body(note)
	if err != nil {
		return err
	}
	return a.does(ctx, act{op: op, note: note.ID, body: what})
}
