package page

import (
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Sign shows exactly what a signature would cover.
type Sign struct {
	Form
	Name      Text          // of the act
	Principal string        // for whom, if not for the signer
	Then      Text          // what follows from it
	Act       string        // what is signed, in the words of the ledger: a sentence
	Lines     []ledger.Line // and its terms
	Who       []Text        // whom an id among them stands for, and what they come to
	Note      []ledger.Line // the text whose digest is signed
	Passkey   Passkey
	Cancel    string // address that the form which gives up is sent to
	Payload   string // the bytes
	Digest    string // and their SHA-256
	Until     time.Time
	Human     HumanCard
}

// Template names the page.
func (*Sign) Template() string { return "sign-act" }

// Title is the page's.
func (s *Sign) Title() Text { return s.Name }

// Bind puts the token into both forms.
func (s *Sign) Bind(token string) {
	s.Form.Bind(token)
	s.Passkey.Bind(token)
}

// Unsigned says why a draft cannot be signed, and the way on.
type Unsigned struct {
	Name   Text
	Status Status
	Way    Link
	Human  HumanCard
}

// Template names the page.
func (*Unsigned) Template() string { return "sign-not" }

// Title is the page's.
func (u *Unsigned) Title() Text { return u.Name }

// Open says that the outcome of what was signed is not known yet.
type Open struct {
	Reload string // the page's own address
	Human  HumanCard
}

// Template names the page.
func (*Open) Template() string { return "sign-open" }

// Title is the page's.
func (*Open) Title() Text { return Say("sign.open") }

// Keys are the reader's passkeys.
type Keys struct {
	Form
	Said    Text // what has just been done
	Rows    []KeyRow
	Waiting []DeviceRow
	Code    *CodeShown
	Full    bool // no more can be added
	Human   HumanCard
}

// Template names the page.
func (*Keys) Template() string { return "keys" }

// Title is the page's.
func (*Keys) Title() Text { return Say("keys.title") }

// KeyRow is one passkey.
type KeyRow struct {
	KeyID     string
	Number    int
	Label     Text
	Created   time.Time
	Used      time.Time
	BackedUp  bool
	This      bool // the one of this session
	Removable bool // it is not the last
}

// DeviceRow is a passkey that another device made and that is to be let in.
type DeviceRow struct {
	Invitation string
	Made       time.Time
}

// CodeShown is a one-time code, shown once.
type CodeShown struct {
	Code    string
	Link    string
	Expires time.Time
	QR      QR
}

// QR is a QR code: the side of its square picture and the path of its dark squares.
type QR struct {
	Size int
	Path string
}

// NewKey asks the browser for one more passkey.
type NewKey struct {
	Passkey Passkey
	Failed  Text // what was wrong with the last try
	Human   HumanCard
}

// Template names the page.
func (*NewKey) Template() string { return "keys-new" }

// Title is the page's.
func (*NewKey) Title() Text { return Say("keys.add") }

// Bind puts the token into the form.
func (k *NewKey) Bind(token string) { k.Passkey.Bind(token) }

// Helpers are those who act for the reader, and for whom the reader acts.
type Helpers struct {
	Form
	Said    Text
	Granted []Granted
	Invited []Invited
	Helping []Helped
	Acts    []Event // what was done by whom
	Name    Field   // of the form that invites
	Code    *CodeShown
	CodeFor string
	Full    bool
	Human   HumanCard
}

// Template names the page.
func (*Helpers) Template() string { return "helpers" }

// Title is the page's.
func (*Helpers) Title() Text { return Say("helpers.title") }

// Errors gathers what is wrong.
func (h *Helpers) Errors() ErrorSummary { return Summary(h.Name) }

// Timeline is what others did.
func (h *Helpers) Timeline() Timeline { return Timeline{Events: h.Acts} }

// Granted is a power of attorney in force.
type Granted struct {
	Seq    uint64
	Name   string
	Scopes []Text
	Notes  int // how many it is limited to; 0 for all
	Until  finance.Date
}

// Invited is a helper on the way.
type Invited struct {
	ID      string
	Name    string
	Expires time.Time
	Ready   bool // has a passkey; the power can be granted
}

// Helped is somebody whom the reader helps.
type Helped struct {
	Principal ledger.PartyID
	Seq       uint64
	Name      string
	Scopes    []Text
	Until     finance.Date
}

// Grant is the form of a power of attorney.
type Grant struct {
	Form
	ID     string // of the invitation
	Name   string
	Scopes Checks
	Notes  Checks
	Until  Field
	Human  HumanCard
}

// Template names the page.
func (*Grant) Template() string { return "grant" }

// Title is the page's.
func (g *Grant) Title() Text { return Say("grant.title", "name", g.Name) }

// Errors gathers what is wrong.
func (g *Grant) Errors() ErrorSummary {
	s := Summary(g.Until)
	for _, c := range []Checks{g.Scopes, g.Notes} {
		if !c.Error.IsZero() {
			s.Faults = append(s.Faults, Fault{c.Name + "-0", c.Error})
		}
	}
	return s
}

// Checks are things of which any number may be chosen.
type Checks struct {
	Name    string
	Label   Text
	Hint    Text
	Error   Text
	Options []Option
}

// Recovery is a way to new keys that somebody has opened for the reader.
type Recovery struct {
	Form
	By          string
	At          time.Time
	Identified  string
	Witness     string
	ConfirmedAt time.Time
	From        time.Time // when the new keys can be put in force
	Told        []Told    // how the reader was told of it
	Human       HumanCard
}

// Template names the page.
func (*Recovery) Template() string { return "recovery" }

// Title is the page's.
func (*Recovery) Title() Text { return Say("recovery.title") }

// Told is one notice of something, and by which way it went.
type Told struct {
	At      time.Time
	Channel Text
}
