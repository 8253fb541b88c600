package files

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
)

// teller tells what a run finds.
type teller struct {
	Options
	alone bool // there is one file, which is told in full
}

// text is one text in every language.
type text map[ledger.Language]string

var verdicts = map[evidence.Verdict]text{
	evidence.Genuine:    {ledger.Swedish: "ÄKTA", ledger.Danish: "ÆGTE", ledger.English: "GENUINE"},
	evidence.Consistent: {ledger.Swedish: "OAVGJORT", ledger.Danish: "UAFGJORT", ledger.English: "UNDECIDED"},
	evidence.Refused:    {ledger.Swedish: "UNDERKÄNT", ledger.Danish: "AFVIST", ledger.English: "REFUSED"},
}

var (
	unreadable = text{ledger.Swedish: "OLÄSLIG", ledger.Danish: "ULÆSELIG", ledger.English: "UNREADABLE"}
	proven     = text{ledger.Swedish: "Bevisat", ledger.Danish: "Bevist", ledger.English: "Proven"}
	open       = text{ledger.Swedish: "Inte bevisat", ledger.Danish: "Ikke bevist", ledger.English: "Not proven"}
	summary    = text{
		ledger.Swedish: "%d filer: %d äkta, %d oavgjorda, %d underkända, %d oläsliga",
		ledger.Danish:  "%d filer: %d ægte, %d uafgjorte, %d afviste, %d ulæselige",
		ledger.English: "%d files: %d genuine, %d undecided, %d refused, %d unreadable",
	}
	nothing = text{
		ledger.Swedish: "Inga filer hittades.", ledger.Danish: "Ingen filer blev fundet.", ledger.English: "No files were found.",
	}
)

// told is a report as a program reads it.
type told struct {
	File       string `json:"file"`
	Unreadable string `json:"unreadable,omitempty"`
	*evidence.Report
}

func (t teller) tell(c checked) error {
	if t.JSON {
		line := told{File: c.path, Report: c.report}
		if c.err != nil {
			line.Unreadable = c.err.Error()
		}
		return json.NewEncoder(t.Out).Encode(line)
	}
	switch {
	case c.err != nil:
		return t.line(unreadable[t.Lang], c.path, c.err.Error())
	case t.alone && !t.Quiet:
		return t.whole(c)
	case t.Quiet && c.report.Verdict == evidence.Genuine:
		return nil
	}
	why := ""
	for _, f := range c.report.Findings {
		if why == "" && (f.Sort() == evidence.Fault || f.Code == evidence.PageAround) {
			why = f.Text(t.Lang)
		}
	}
	return t.line(verdicts[c.report.Verdict][t.Lang], c.path, why)
}

// line tells of a file in one line.
func (t teller) line(verdict, path, why string) error {
	if why != "" {
		why = ": " + evidence.Visible(strings.Join(strings.Fields(why), " "))
	}
	_, err := fmt.Fprintf(t.Out, "%s  %s%s\n", verdict, evidence.Visible(path), why)
	return err
}

// whole tells all that was found of one file.
func (t teller) whole(c checked) error {
	r := c.report
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s\n", verdicts[r.Verdict][t.Lang], evidence.Visible(c.path))
	if r.Holds() {
		fmt.Fprintf(&b, "%s, %d, %s, %s\n", r.Note, r.Seq, r.Status, r.AsOf.Format(time.RFC3339))
	}
	for _, f := range r.Of(evidence.Fault) {
		fmt.Fprintf(&b, "  ! %s\n", f.Text(t.Lang))
	}
	for _, part := range []struct {
		title string
		sort  evidence.Sort
		sign  string
	}{{proven[t.Lang], evidence.Proven, "+"}, {open[t.Lang], evidence.Open, "-"}} {
		if list := r.Of(part.sort); len(list) > 0 {
			fmt.Fprintf(&b, "%s\n", part.title)
			for _, f := range list {
				fmt.Fprintf(&b, "  %s %s\n", part.sign, f.Text(t.Lang))
			}
		}
	}
	_, err := fmt.Fprint(t.Out, b.String())
	return err
}

// sum tells how many files there were of each kind, of more than one.
func (t teller) sum(s Summary) error {
	var err error
	switch {
	case t.JSON:
		err = json.NewEncoder(t.Out).Encode(struct {
			Summary Summary `json:"summary"`
		}{s})
	case s.Files == 0:
		_, err = fmt.Fprintln(t.Out, nothing[t.Lang])
	case !t.alone:
		_, err = fmt.Fprintf(t.Out, summary[t.Lang]+"\n", s.Files, s.Genuine, s.Consistent, s.Refused, s.Unreadable)
	}
	return err
}

// isFile says whether a path is no folder.
func isFile(path string) bool {
	if path == Stdin {
		return true
	}
	info, err := os.Stat(path)
	return err != nil || info.Mode()&fs.ModeDir == 0
}
