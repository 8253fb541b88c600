package evidence

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/skuld-registry/skuld/ledger"
)

// ElementID is the id of the script element that holds the file in its page for
// people (package document).
const ElementID = "skuld-evidence"

// Extract gives the file itself of what somebody was handed: the file, or its page
// for people with the file inside. What the page says beside it counts for
// nothing, and is not looked at.
func Extract(raw []byte) ([]byte, error) {
	if len(raw) > MaxFileBytes {
		return nil, fault(TooLarge, "limit", itoa(MaxFileBytes))
	}
	if !bytes.HasPrefix(bytes.TrimLeft(raw, "\ufeff \t\r\n"), []byte("<")) {
		return raw, nil
	}
	open := []byte(`<script type="application/json" id="` + ElementID + `">`)
	_, rest, found := bytes.Cut(raw, open)
	inside, after, ended := bytes.Cut(rest, []byte("</script>"))
	if !found || !ended || bytes.Contains(after, open) {
		return nil, fault(Malformed, "detail", "the page holds not one evidence file")
	}
	// The page writes < as an escape. The canonical form has one spelling of each
	// text, so it is the file byte for byte.
	file, err := ledger.Canonical(json.RawMessage(inside))
	if err != nil {
		return nil, fault(Malformed, "detail", "the page holds no JSON where the file should be")
	}
	return file, nil
}

// PageAround says that what somebody was handed is a page, of which only the file
// inside was checked.
const PageAround Code = "page_open"

func pageCatalogue() map[Code]entry {
	return map[Code]entry{
		PageAround: in(Open,
			"Bara filen inuti sidan är kontrollerad, inte det som sidan visar omkring den. Lita på det som står här och inte på det som står där.",
			"Kun filen inde i siden er kontrolleret, ikke det, som siden viser omkring den. Stol på det, der står her, og ikke på det, der står dér.",
			"Only the file inside the page was checked, not what the page shows around it. Rely on what is said here and not on what stands there."),
	}
}

// VerifyAny is Verify of what somebody was handed: a file, or its page for people
// with the file inside. Of a page it says that it may show something else: whoever
// changes what it shows changes nothing of the file.
func VerifyAny(raw []byte, a Anchors) *Report {
	file, err := Extract(raw)
	if f, ok := errors.AsType[*Finding](err); ok {
		return &Report{Verdict: Refused, Findings: []*Finding{f}}
	}
	r := Verify(file, a)
	if r.Holds() && len(file) != len(raw) {
		r.Findings = append(r.Findings, finding(PageAround))
	}
	return r
}
