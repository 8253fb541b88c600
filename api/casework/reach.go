package casework

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// NameReach names the act that writes how a person is reached.
const NameReach ActName = "person.reach"

// Limits of how a person is reached.
const (
	maxPhones       = 5
	maxNameRunes    = ledger.MaxNameRunes
	maxEmailRunes   = ledger.MaxContactRunes
	maxAddressRunes = ledger.MaxAddressRunes
)

// Reach writes how a borrower of a case is reached.
type Reach struct {
	Note     ledger.NoteID   `json:"note"`
	Party    ledger.PartyID  `json:"party"`
	Person   string          `json:"name"`
	Phones   []string        `json:"phones,omitempty"` // E.164
	Email    string          `json:"email,omitempty"`
	Address  string          `json:"address,omitempty"`
	Language ledger.Language `json:"language,omitempty"`
}

// Name names the act.
func (*Reach) Name() ActName { return NameReach }

// Subject is the note.
func (a *Reach) Subject() ledger.NoteID { return a.Note }

var (
	phonePattern = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`) // E.164
	emailPattern = regexp.MustCompile(`^[^\s@<>",]{1,64}@[^\s@<>",]+\.[^\s@<>",]{2,}$`)
)

// Check says whether the person is of the case, and each field is well formed.
func (a *Reach) Check(ctx context.Context, d *Desk) error {
	wrong := func(field, want string) error {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", field, "want", want)
	}
	switch {
	case strings.TrimSpace(a.Person) == "" || utf8.RuneCountInString(a.Person) > maxNameRunes:
		return wrong("name", fmt.Sprintf("a name of at most %d characters", maxNameRunes))
	case len(a.Phones) > maxPhones:
		return wrong("phones", fmt.Sprintf("at most %d telephone numbers", maxPhones))
	case slices.ContainsFunc(a.Phones, func(p string) bool { return !phonePattern.MatchString(p) }):
		return wrong("phones", "telephone numbers such as +46701234567")
	case a.Email != "" && (!emailPattern.MatchString(a.Email) || utf8.RuneCountInString(a.Email) > maxEmailRunes):
		return wrong("email", "an address such as anna@example.se")
	case utf8.RuneCountInString(a.Address) > maxAddressRunes:
		return wrong("address", fmt.Sprintf("at most %d characters", maxAddressRunes))
	case a.Language != "" && !slices.Contains(ledger.Languages(), a.Language):
		return wrong("language", "sv, da or en")
	}
	_, err := d.personOf(ctx, a.Note, a.Party)
	return err
}

// Describe says that staff find the person so from then on.
func (*Reach) Describe() []Saying { return one("act.person.reach.says") }

// Do writes it.
func (a *Reach) Do(ctx context.Context, d *Desk, _ Doing) (Effect, error) {
	was, err := d.personOf(ctx, a.Note, a.Party)
	if err != nil {
		return Effect{}, err
	}
	undo := &Reach{Note: a.Note, Party: a.Party, Person: was.Name, Phones: was.Phones, Email: was.Email, Address: was.Address, Language: was.Language}
	return Effect{Undo: undo}, d.Book.PutPerson(ctx, casebook.PersonOfCase{
		Note: a.Note, Party: a.Party, Name: a.Person, Phones: a.Phones, Email: a.Email, Address: a.Address, Language: a.Language, Edited: d.Clock(),
	})
}

// personOf gives a person of a case, or refuses one that is none.
func (d *Desk) personOf(ctx context.Context, note ledger.NoteID, party ledger.PartyID) (*casebook.PersonOfCase, error) {
	all, err := d.Book.PersonsOf(ctx, note)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(p casebook.PersonOfCase) bool { return p.Party == party })
	if i < 0 {
		return nil, ledger.Refuse(ledger.CodeNotFound)
	}
	return &all[i], nil
}

// callingCodes are those of the countries whose law a note may have.
var callingCodes = map[finance.Jurisdiction]struct{ code, trunk string }{
	finance.Sweden: {"46", "0"},
}

// Phone writes a telephone number as E.164 has it. One without a calling code is of
// the country of the note. What is no number comes back as it was, for Check to refuse.
func Phone(text string, of finance.Jurisdiction) string {
	var digits strings.Builder
	for _, r := range strings.ReplaceAll(text, "(0)", "") {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !strings.ContainsRune(" +-()./\u00a0\u2011\u2013", r):
			return text
		}
	}
	number, country := digits.String(), callingCodes[of]
	switch {
	case strings.HasPrefix(strings.TrimSpace(text), "+"):
		return "+" + number
	case strings.HasPrefix(number, "00"):
		return "+" + number[2:]
	case country.code == "" || !strings.HasPrefix(number, country.trunk):
		return text
	}
	return "+" + country.code + number[len(country.trunk):]
}

// Limits of a file of contact details.
const (
	MaxReachBytes = 4 << 20
	MaxReachRows  = 10_000
	maxRowFaults  = 200 // that are reported
)

// reachColumns are the columns that a file of contact details may have; the first two
// it must.
var reachColumns = []string{"case", "name", "phone", "email", "address", "language"}

// RowFault is what is wrong in a row of a file.
type RowFault struct {
	Line   int
	Column string // "" where it is the row's
	Err    *ledger.Error
}

// Reached is what a file of contact details led to.
type Reached struct {
	Rows, Written int
	Faults        []RowFault // the first ones
}

// ReachFile writes how the persons of many cases are reached, as a CSV file says it:
// a header line, then the case's number or the note's id, the borrower's name as the
// case has it, and what is to change; an empty field changes nothing. Each row is an
// act of its own, so that a row that is wrong holds no other one up, and the same
// file again changes nothing.
func (d *Desk) ReachFile(ctx context.Context, by Actor, file io.Reader) (Reached, error) {
	var done Reached
	r := csv.NewReader(io.LimitReader(file, MaxReachBytes))
	header, err := r.Read()
	if err != nil {
		return done, badFile(err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff") // as spreadsheets write it
	columns, err := readHeader(header)
	if err != nil {
		return done, err
	}
	for {
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			return done, nil
		case err != nil:
			return done, badFile(err)
		case done.Rows == MaxReachRows:
			return done, ledger.Refuse(ledger.CodeLimit, "what", "rows", "limit", fmt.Sprint(MaxReachRows))
		}
		done.Rows++
		line, _ := r.FieldPos(0)
		err = d.reachRow(ctx, by, func(column string) string {
			if i, has := columns[column]; has {
				return strings.TrimSpace(row[i])
			}
			return ""
		})
		refusal, refused := errors.AsType[*ledger.Error](err)
		switch {
		case err == nil:
			done.Written++
		case !refused:
			return done, err
		case len(done.Faults) < maxRowFaults:
			done.Faults = append(done.Faults, RowFault{line, refusal.Params["field"], refusal})
		}
	}
}

func badFile(err error) error {
	return ledger.Refuse(ledger.CodeRowInvalid, "detail", err.Error())
}

func readHeader(header []string) (map[string]int, error) {
	columns := map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if !slices.Contains(reachColumns, name) {
			return nil, ledger.Refuse(ledger.CodeBodyInvalid, "field", name, "want", "the columns "+strings.Join(reachColumns, ", "))
		}
		columns[name] = i
	}
	for _, name := range reachColumns[:2] {
		if _, has := columns[name]; !has {
			return nil, ledger.Refuse(ledger.CodeBodyInvalid, "field", name, "want", "a column of that name")
		}
	}
	return columns, nil
}

// reachRow does what one row of a file says.
func (d *Desk) reachRow(ctx context.Context, by Actor, field func(string) string) error {
	c, err := d.named(ctx, field("case"))
	if err != nil {
		return err
	}
	persons, err := d.Book.PersonsOf(ctx, c.Note)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(persons, func(p casebook.PersonOfCase) bool { return strings.EqualFold(p.Name, field("name")) })
	if i < 0 {
		return ledger.Refuse(ledger.CodeBodyInvalid, "field", "name", "want", "the name of a borrower of the case")
	}
	p := persons[i]
	a := &Reach{Note: c.Note, Party: p.Party, Person: p.Name, Phones: p.Phones, Email: p.Email, Address: p.Address, Language: p.Language}
	if phones := field("phone"); phones != "" {
		a.Phones = nil
		n, err := d.Book.Note(ctx, c.Note)
		if err != nil || n == nil {
			return errors.Join(err, ledger.Refuse(ledger.CodeNotFound))
		}
		for phone := range strings.SplitSeq(phones, ";") {
			a.Phones = append(a.Phones, Phone(strings.TrimSpace(phone), n.State.Terms.Jurisdiction))
		}
	}
	a.Email, a.Address = orElse(field("email"), a.Email), orElse(field("address"), a.Address)
	a.Language = ledger.Language(orElse(field("language"), string(a.Language)))
	if slices.Equal(a.Phones, p.Phones) && a.Email == p.Email && a.Address == p.Address && a.Language == p.Language {
		return nil
	}
	_, err = d.Do(ctx, Request{Actor: by, Act: a})
	return err
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
