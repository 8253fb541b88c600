package casebook

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/skuld-registry/skuld/api/store"
)

// RuleVersion is one version of a rule, with who made it and why.
type RuleVersion struct {
	ID       string
	Version  int
	Kind     string
	Body     json.RawMessage // the rule
	Staff    StaffID         // empty for what a company begins with
	Approved StaffID         // the second person, where two were needed
	Reason   string
	Since    time.Time
}

// AddRule keeps a version. added is false where there is one with the number.
func (b *Book) AddRule(ctx context.Context, v RuleVersion) (added bool, err error) {
	err = b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		n, err := store.Changed(tx.ExecContext(ctx, `INSERT INTO rules (id, version, kind, body, staff, approved, reason, since)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
			v.ID, v.Version, v.Kind, string(v.Body), string(v.Staff), string(v.Approved), v.Reason, v.Since.Unix()))
		added = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("keeping version %d of the rule %s: %w", v.Version, v.ID, err)
	}
	return added, nil
}

const selectRules = "SELECT id, version, kind, body, staff, approved, reason, since FROM rules "

func scanRule(rows *sql.Rows) (v RuleVersion, err error) {
	var since int64
	var body string
	err = rows.Scan(&v.ID, &v.Version, &v.Kind, &body, &v.Staff, &v.Approved, &v.Reason, &since)
	v.Body, v.Since = json.RawMessage(body), store.InTime(since)
	return v, err
}

// Rules lists the rules, at most store.MaxPage, each in its latest version.
func (b *Book) Rules(ctx context.Context) ([]RuleVersion, error) {
	rows, err := b.Reader().QueryContext(ctx, selectRules+`WHERE (id, version) IN (SELECT id, MAX(version) FROM rules GROUP BY id)
		ORDER BY id LIMIT $1`, store.MaxPage)
	if err != nil {
		return nil, fmt.Errorf("listing the rules: %w", err)
	}
	return store.Collect(rows, scanRule)
}

// RuleVersions lists the latest versions of a rule, the latest first, at most
// store.MaxPage.
func (b *Book) RuleVersions(ctx context.Context, id string) ([]RuleVersion, error) {
	rows, err := b.Reader().QueryContext(ctx, selectRules+"WHERE id = $1 ORDER BY version DESC LIMIT $2", id, store.MaxPage)
	if err != nil {
		return nil, fmt.Errorf("listing the versions of the rule %s: %w", id, err)
	}
	return store.Collect(rows, scanRule)
}

// RuleVersion gives one version of a rule, or nil where there is none.
func (b *Book) RuleVersion(ctx context.Context, id string, version int) (*RuleVersion, error) {
	rows, err := b.Reader().QueryContext(ctx, selectRules+"WHERE id = $1 AND version = $2", id, version)
	if err != nil {
		return nil, fmt.Errorf("reading version %d of the rule %s: %w", version, id, err)
	}
	return first(store.Collect(rows, scanRule))
}

// Round is how far going through all notes has come.
type Round struct {
	Name string
	Day  string // that it decides for
	// Place continues the list of notes; how, is its reader's.
	Place    int64
	Notes    int // looked at
	Acted    int
	Proposed int
	Failed   int // looked at in vain
	Begun    time.Time
	Ended    time.Time // zero while it goes on
}

// SaveRound keeps how far a round has come, in the place of what was kept of it.
func (b *Book) SaveRound(ctx context.Context, r Round) error {
	err := b.Update(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO rounds (name, day, place, notes, acted, proposed, failed, begun, ended)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (name) DO UPDATE SET day = excluded.day, place = excluded.place,
			notes = excluded.notes, acted = excluded.acted, proposed = excluded.proposed, failed = excluded.failed, begun = excluded.begun, ended = excluded.ended`,
			r.Name, r.Day, r.Place, r.Notes, r.Acted, r.Proposed, r.Failed, store.InSeconds(r.Begun), store.InSeconds(r.Ended))
		return err
	})
	if err != nil {
		return fmt.Errorf("keeping how far a round has come: %w", err)
	}
	return nil
}

// Round gives how far a round has come; one that nobody began is at its beginning.
func (b *Book) Round(ctx context.Context, name string) (Round, error) {
	rows, err := b.Reader().QueryContext(ctx, "SELECT name, day, place, notes, acted, proposed, failed, begun, ended FROM rounds WHERE name = $1", name)
	if err != nil {
		return Round{}, fmt.Errorf("reading how far a round has come: %w", err)
	}
	r, err := first(store.Collect(rows, func(rows *sql.Rows) (r Round, err error) {
		var begun, ended int64
		err = rows.Scan(&r.Name, &r.Day, &r.Place, &r.Notes, &r.Acted, &r.Proposed, &r.Failed, &begun, &ended)
		r.Begun, r.Ended = store.InTime(begun), store.InTime(ended)
		return r, err
	}))
	if err != nil || r == nil {
		return Round{Name: name}, err
	}
	return *r, nil
}
