package evidence

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// Verdict is what Verify says of a file in one word.
type Verdict string

// The verdicts.
const (
	// Genuine: everything holds, and the network is one that the caller knows.
	Genuine Verdict = "genuine"
	// Consistent: everything holds within the file, but whoever made it could
	// have made the network, too. Compare the network's digest.
	Consistent Verdict = "consistent"
	// Refused: something is wrong, and Findings says what.
	Refused Verdict = "refused"
)

// Sort says what a finding is.
type Sort string

// The sorts of findings.
const (
	Proven Sort = "proven" // by the file and the anchors
	Open   Sort = "open"   // what the file cannot prove
	Fault  Sort = "fault"  // what is wrong with it
)

// Finding is one thing that Verify found. It is an error where its sort is Fault.
type Finding struct {
	Code   Code
	Params map[string]string
	// Cause is the rule that a command in the file breaks, where one does.
	Cause *ledger.Error
}

func finding(code Code, params ...string) *Finding {
	f := &Finding{Code: code}
	for i := 0; i+1 < len(params); i += 2 {
		if f.Params == nil {
			f.Params = map[string]string{}
		}
		f.Params[params[i]] = params[i+1]
	}
	return f
}

// fault makes a finding that is an error.
func fault(code Code, params ...string) error { return finding(code, params...) }

// Sort gives the sort of the finding's code.
func (f *Finding) Sort() Sort { return catalogue[f.Code].sort }

// Text gives the finding in words. Its values may be a forger's own, so what would
// move a terminal's cursor or turn the direction of the text is taken out of them.
func (f *Finding) Text(lang ledger.Language) string {
	text := catalogue[f.Code].text[lang]
	for _, name := range slices.Sorted(maps.Keys(f.Params)) {
		text = strings.ReplaceAll(text, "{"+name+"}", Visible(f.Params[name]))
	}
	if f.Cause != nil {
		text += " " + f.Cause.Text(lang)
	}
	return text
}

// Visible gives a text with a mark in place of each character that nobody sees:
// control characters, ends of lines and those that turn the direction of others.
func Visible(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsGraphic(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

func (f *Finding) Error() string { return string(f.Code) + ": " + f.Text(ledger.English) }

// MarshalJSON writes the finding with its English text.
func (f *Finding) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code   Code              `json:"code"`
		Sort   Sort              `json:"sort"`
		Params map[string]string `json:"params,omitempty"`
		Text   string            `json:"text"`
	}{f.Code, f.Sort(), f.Params, f.Text(ledger.English)})
}

// Report is what Verify found. Of a file that is refused it has the findings
// and nothing that anybody could take for proven.
type Report struct {
	Verdict  Verdict        `json:"verdict"`
	Findings []*Finding     `json:"findings"`
	Network  string         `json:"network,omitempty"` // that the file is of
	Note     ledger.NoteID  `json:"note,omitempty"`
	Seq      uint64         `json:"seq,omitempty"`
	Head     ledger.Digest  `json:"head,omitzero"`
	Status   ledger.Status  `json:"status,omitempty"`
	Holder   ledger.PartyID `json:"holder,omitempty"` // none once the note is handed back
	AsOf     time.Time      `json:"as_of,omitzero"`   // when the peers were asked
	Attested []string       `json:"attested,omitempty"`
	Payment  *Payment       `json:"payment,omitempty"` // of a receipt

	State   *ledger.Note                    `json:"-"`
	Steps   []Step                          `json:"-"`
	Parties map[ledger.PartyID]ledger.Party `json:"-"` // who signed, as they are now
}

// Step is one command of the note, after its signature was verified.
type Step struct {
	Command *ledger.Command
	At      time.Time
	Org     string
	Status  ledger.Status // after it
}

// Payment is what a receipt is about.
type Payment struct {
	Seq        uint64         `json:"seq"`
	By         ledger.PartyID `json:"by"` // who wrote it
	On         finance.Date   `json:"on"`
	Amount     finance.Money  `json:"amount"`
	Parts      finance.Parts  `json:"parts"`
	Left       ledger.Balance `json:"left"`                  // after it
	Settled    bool           `json:"settled"`               // it handed the note back
	ReversedBy uint64         `json:"reversed_by,omitempty"` // the number of its reversal
}

// Holds says whether nothing is wrong with the file.
func (r *Report) Holds() bool { return r.Verdict != Refused }

// Of lists the findings of one sort.
func (r *Report) Of(s Sort) []*Finding {
	return slices.DeleteFunc(slices.Clone(r.Findings), func(f *Finding) bool { return f.Sort() != s })
}

func itoa[T ~int | ~uint64](n T) string { return strconv.FormatInt(int64(n), 10) }
