package ledger

import "regexp"

// Limits on a contact's fields.
const (
	MaxContactRunes = 120 // of one field; an address may have more
	MaxAddressRunes = 400
	MaxWebBytes     = 200
)

// Contact is how people reach a company or an authority: a named human first.
// It is the body of a party.contact, which replaces the whole of it.
type Contact struct {
	Human   string `json:"human"` // a person or a team, as it answers the telephone
	Phone   string `json:"phone"` // E.164, such as +46812345678
	Hours   string `json:"hours"` // when somebody answers, in words
	Email   string `json:"email,omitempty"`
	Address string `json:"address,omitempty"`
	Licence string `json:"licence,omitempty"` // who permits the business, and under which number
	Web     string `json:"web,omitempty"`     // an https address
	Account string `json:"account,omitempty"` // where payments go, such as Bankgiro 123-4567 or an IBAN
}

var (
	phonePattern = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	// webPattern is an address that a page may link to: nothing but https, and no
	// name and password that could make one host look like another.
	webPattern   = regexp.MustCompile(`^https://([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}(:[0-9]{1,5})?(/[!#-;=?-~]*)?$`)
	emailPattern = regexp.MustCompile(`^[^\s@<>"]{1,64}@[^\s@<>"]+\.[^\s@<>"]{2,}$`)
)

func (b *Contact) check() error {
	texts := []struct {
		field, value string
		least, most  int
	}{
		{"human", b.Human, 1, MaxContactRunes}, {"hours", b.Hours, 1, MaxContactRunes}, {"email", b.Email, 0, MaxContactRunes},
		{"address", b.Address, 0, MaxAddressRunes}, {"licence", b.Licence, 0, MaxContactRunes},
		{"account", b.Account, 0, MaxContactRunes},
	}
	for _, t := range texts {
		if err := checkText(t.field, t.value, t.least, t.most); err != nil {
			return err
		}
	}
	switch {
	case !phonePattern.MatchString(b.Phone):
		return invalid("phone", "a telephone number as in E.164, such as +46812345678")
	case b.Email != "" && !emailPattern.MatchString(b.Email):
		return invalid("email", "an address such as kontakt@example.se")
	case b.Web != "" && (len(b.Web) > MaxWebBytes || !webPattern.MatchString(b.Web)):
		return invalid("web", "an https address of at most "+itoa(MaxWebBytes)+" bytes")
	}
	return nil
}

// applyContact says how to reach the party. A person is reached through its
// host, which alone knows who and where it is.
func applyContact(a *act, b body) error {
	if a.party.Kind == Person {
		return Refuse(CodeContactPerson)
	}
	a.party.Contact = b.(*Contact)
	return nil
}
