package desk

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/skuld-registry/skuld/api/casework"
	"github.com/skuld-registry/skuld/api/desk/view"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/api/web/page"
)

const peoplePath = "/desk/people"

// staffRoutes are people and their roles. Who looks after them sees nothing else.
var staffRoutes = []route{
	{method: get, pattern: peoplePath, roles: admins, handle: (*Server).getPeople},
	{method: post, pattern: peoplePath, roles: admins, handle: (*Server).postPeople},
	{method: get, pattern: "/desk/people/{staff}", roles: admins, handle: (*Server).getPerson},
	{method: post, pattern: "/desk/people/{staff}", roles: admins, handle: (*Server).postPerson},
	{method: post, pattern: "/desk/people/{staff}/invitation", roles: admins, handle: (*Server).postStaffLink},
	{method: post, pattern: "/desk/people/{staff}/lost", roles: admins, handle: (*Server).postStaffLost},
	{method: post, pattern: "/desk/people/{staff}/disabled", roles: admins, handle: (*Server).postStaffDisabled},
	{method: post, pattern: "/desk/people/{staff}/enabled", roles: admins, handle: (*Server).postStaffEnabled},
}

// staffPerPage is how many members of staff a page lists.
const staffPerPage = 50

func (s *Server) getPeople(v *visit) error {
	sheet, err := s.people(v)
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

// people is the list of staff with an empty form.
func (s *Server) people(v *visit) (*view.People, error) {
	after, err := strconv.ParseInt(v.R.URL.Query().Get("after"), 10, 64)
	if err != nil {
		after = 0 // the first page
	}
	all, more, err := s.Desk.Book.AllStaff(v.R.Context(), after, staffPerPage)
	if err != nil {
		return nil, err
	}
	keys, err := s.Desk.Book.CountStaffCredentials(v.R.Context())
	if err != nil {
		return nil, err
	}
	sheet := &view.People{New: staffForm(casework.Profile{}), Hours: int(casebook.InvitationLife.Hours()), Unlinked: s.Desk.Unlinked}
	for _, m := range all {
		sheet.Staff = append(sheet.Staff, view.StaffRow{
			Href: staffPath(m.ID), Name: m.Name, Team: m.Team, Roles: roleTexts(casework.ActorOf(&m).Roles), Passkeys: keys[m.ID],
			Provider: m.Subject != "", Disabled: m.Disabled,
		})
	}
	if more {
		sheet.Next = peoplePath + "?after=" + strconv.FormatInt(all[len(all)-1].Place, 10)
	}
	return sheet, nil
}

func staffPath(id casebook.StaffID) string { return peoplePath + "/" + string(id) }

func roleTexts(roles []casework.Role) []page.Text {
	var texts []page.Text
	for _, r := range roles {
		texts = append(texts, page.Say(page.Key("role."+r)))
	}
	return texts
}

// staffForm is the form with what is known of a member of staff.
func staffForm(p casework.Profile) view.StaffForm {
	f := view.StaffForm{
		Name:  page.Field{Name: "name", Label: page.Say("people.name"), Hint: page.Say("people.name.hint"), Value: p.Name, Max: casework.MaxStaffText},
		Phone: page.Field{Name: "phone", Label: page.Say("people.phone"), Hint: page.Say("people.phone.hint"), Value: p.Phone, Type: "tel", Mode: "tel", Max: casework.MaxStaffText, Optional: true},
		Team:  page.Field{Name: "team", Label: page.Say("people.team"), Hint: page.Say("people.team.hint"), Value: p.Team, Max: casework.MaxStaffText, Optional: true},
		Roles: view.Checks{Name: "roles", Label: page.Say("people.roles"), Hint: page.Say("people.roles.hint")},
	}
	for _, r := range casework.Roles() {
		f.Roles.Options = append(f.Roles.Options, page.Option{
			Value: string(r), Text: page.Say(page.Key("role." + r)), Hint: page.Say(page.Key("role." + r + ".what")), Chosen: slices.Contains(p.Roles, r),
		})
	}
	return f
}

// readStaffForm reads what was written of a member of staff, with what is wrong in it.
func readStaffForm(v *visit) (casework.Profile, view.StaffForm, error) {
	if err := v.ParseForm(); err != nil {
		return casework.Profile{}, view.StaffForm{}, err
	}
	form := v.R.PostForm
	p := casework.Profile{Name: strings.TrimSpace(form.Get("name")), Phone: strings.TrimSpace(form.Get("phone")), Team: strings.TrimSpace(form.Get("team"))}
	for _, r := range casework.Roles() {
		if slices.Contains(form["roles"], string(r)) {
			p.Roles = append(p.Roles, r)
		}
	}
	f := staffForm(p)
	if p.Name == "" || utf8.RuneCountInString(p.Name) > casework.MaxStaffText {
		f.Name.Error = page.Say("people.missing")
	}
	if p.Phone != "" && (!strings.HasPrefix(p.Phone, "+") || utf8.RuneCountInString(p.Phone) > casework.MaxStaffText) {
		f.Phone.Error = page.Say("people.phone.wrong")
	}
	if slices.Contains(p.Roles, casework.Administrator) && len(p.Roles) > 1 {
		f.Roles.Error = page.Say("people.roles.mixed")
	}
	return p, f, nil
}

// postPeople adds a member of staff, and shows the link with which they make a passkey.
func (s *Server) postPeople(v *visit) error {
	profile, form, err := readStaffForm(v)
	if err != nil {
		return err
	}
	if len(form.Summary().Faults) > 0 {
		sheet, err := s.people(v)
		if err != nil {
			return err
		}
		sheet.New = form
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	id, err := uuid.NewRandomFromReader(s.Random)
	if err != nil {
		return err
	}
	staff := casebook.StaffID(id.String())
	act := &casework.StaffAdd{Staff: staff, Profile: profile, Language: v.Language}
	if _, err := s.Desk.Do(v.R.Context(), casework.Request{Actor: v.actor, Act: act}); err != nil {
		return err
	}
	link, err := s.link(v, staff)
	if err != nil {
		return err
	}
	sheet, err := s.people(v)
	if err != nil {
		return err
	}
	sheet.Link = link
	return v.Show(http.StatusCreated, sheet)
}

// link makes a one-time link for a member of staff. It is shown once, and kept by
// nobody.
func (s *Server) link(v *visit, id casebook.StaffID) (string, error) {
	code, err := s.site.NewToken()
	if err != nil {
		return "", err
	}
	_, err = s.Desk.Do(v.R.Context(), casework.Request{Actor: v.actor, Act: &casework.StaffLink{Staff: id, Code: code}})
	return InvitationAddress(s.RelyingParty.Origin, code), err
}

// InvitationAddress is where a member of staff makes a passkey with a code.
func InvitationAddress(origin, code string) string { return origin + "/desk/i/" + code }

func (s *Server) getPerson(v *visit) error {
	sheet, err := s.person(v)
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, sheet)
}

// person is what is known of the member of staff in the address.
func (s *Server) person(v *visit) (*view.Person, error) {
	m, err := s.Desk.Staff(v.R.Context(), staffOf(v))
	if err != nil {
		return nil, err
	}
	keys, err := s.Desk.Book.StaffCredentials(v.R.Context(), m.ID)
	if err != nil {
		return nil, err
	}
	sheet := &view.Person{
		Action: staffPath(m.ID), Name: m.Name, Created: m.Created, Disabled: m.Disabled, Own: m.ID == v.staff.ID,
		Fields: staffForm(casework.ProfileOf(m)), Hours: int(casebook.InvitationLife.Hours()),
	}
	for _, k := range keys {
		sheet.Passkeys = append(sheet.Passkeys, k.Created)
	}
	return sheet, nil
}

func staffOf(v *visit) casebook.StaffID { return casebook.StaffID(chi.URLParam(v.R, "staff")) }

func (s *Server) postPerson(v *visit) error {
	profile, form, err := readStaffForm(v)
	if err != nil {
		return err
	}
	if len(form.Summary().Faults) > 0 {
		sheet, err := s.person(v)
		if err != nil {
			return err
		}
		sheet.Fields = form
		return v.Show(http.StatusUnprocessableEntity, sheet)
	}
	return v.do(&casework.StaffChange{Staff: staffOf(v), Profile: profile}, "", staffPath(staffOf(v)))
}

func (s *Server) postStaffLink(v *visit) error {
	link, err := s.link(v, staffOf(v))
	if err != nil {
		return err
	}
	sheet, err := s.person(v)
	if err != nil {
		return err
	}
	sheet.Link = link
	return v.Show(http.StatusCreated, sheet)
}

func (s *Server) postStaffLost(v *visit) error {
	return v.check(&casework.StaffLost{Staff: staffOf(v)}, "", staffPath(staffOf(v)))
}

func (s *Server) postStaffDisabled(v *visit) error {
	return v.check(&casework.StaffDisable{Staff: staffOf(v)}, "", staffPath(staffOf(v)))
}

func (s *Server) postStaffEnabled(v *visit) error {
	return v.do(&casework.StaffEnable{Staff: staffOf(v)}, "", staffPath(staffOf(v)))
}
