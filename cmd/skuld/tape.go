package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/cmd/skuld/tape"
	"github.com/skuld-registry/skuld/ledger"
)

// Bounds of how much of an import is under way at a time.
const (
	defaultInFlight = 4
	maxInFlight     = 32
	defaultChunk    = 100
)

// standIn is the folder, and so the profile, of the borrower that stands in
// where a tape names none.
const standIn = "stand-in"

// tapeFlags are how an import is asked for.
type tapeFlags struct {
	layout, book, borrower        string
	dryRun, strict, resume, again bool
	inFlight, chunk               int
	answerWithin                  time.Duration
}

func (a *app) tapeCommand() *cobra.Command {
	return group("tape", "Turn a loan tape into notes", a.tapeImport(), a.tapeList(), a.tapePause(), a.tapeResume(), a.tapeCancel())
}

func (a *app) tapeImport() *cobra.Command {
	var f tapeFlags
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Offer a note for every loan of a CSV file",
		Long: `Offer a note for every loan of a CSV file (UTF-8, separated by commas).

The layouts are skuld, the registry's own, which cmd/skuld/TAPE.md describes, and
lendingclub, the file that LendingClub published. Every row goes through the
registry's rules here, before anything is sent; what cannot be offered is
reported by row and column, and the other rows are offered all the same. What
became of a loan since it was made is not taken over: payments are for the
holder to write on the note.

The notes are offered to the borrower of the row, or to --borrower. Where neither
names one, they are offered to a stand-in: a party without a name that is
registered for the purpose, whose key lies in the profile's folder stand-in.

The rows are signed here and handed over to the gateway, which offers them one
batch after the other. An import can be interrupted at any moment, also by a
power cut: the gateway goes on with what it has, and the same command again
hands over the rest. A row is never offered twice. A deliberate second import of
the same file needs --again.

With --json every problem is one line, and the last line is
{"rows":N,"offered":N,"rejected":N}. The exit code is 1 where a row was rejected,
and 3 where the import did not come to its end.`,
		Example: `  skuld tape import loans.csv --dry-run
  skuld --as lender tape import accepted.csv --layout lendingclub
  skuld tape import loans.csv --borrower p… --book b… --json`,
		Args: exactly("a file"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := f.check(); err != nil {
				return usage(cmd, "%v", err)
			}
			return a.importTape(cmd, args[0], f)
		},
	}
	l := c.Flags()
	l.StringVar(&f.layout, "layout", string(tape.Skuld), "layout of the file: skuld or lendingclub")
	l.StringVar(&f.book, "book", "", "the book that the notes are in (default the profile's, or a new one)")
	l.StringVar(&f.borrower, "borrower", "", "the borrower of the rows that name none")
	l.BoolVar(&f.dryRun, "dry-run", false, "check every row and send nothing")
	l.BoolVar(&f.strict, "strict", false, "reject rows whose instalment is not the annuity of their terms, instead of warning")
	l.BoolVar(&f.resume, "resume", false, "go on with an import, and refuse to begin one")
	l.BoolVar(&f.again, "again", false, "begin a second import of the same file: every loan becomes another note")
	l.IntVar(&f.inFlight, "in-flight", defaultInFlight, fmt.Sprintf("requests under way at a time, 1 to %d", maxInFlight))
	l.IntVar(&f.chunk, "chunk", defaultChunk, fmt.Sprintf("rows of one request, 1 to %d", client.MaxBatch))
	l.DurationVar(&f.answerWithin, "answer-within", defaultAnswerTime, "how long the borrowers have to answer")
	return c
}

func (f *tapeFlags) check() error {
	switch {
	case f.inFlight < 1 || f.inFlight > maxInFlight:
		return fmt.Errorf("--in-flight must be from 1 to %d", maxInFlight)
	case f.chunk < 1 || f.chunk > client.MaxBatch:
		return fmt.Errorf("--chunk must be from 1 to %d", client.MaxBatch)
	case f.resume && f.again:
		return errors.New("--resume and --again exclude each other")
	}
	if f.borrower != "" {
		if _, err := parsePartyID(f.borrower); err != nil {
			return fmt.Errorf("--borrower: %w", err)
		}
	}
	if f.book != "" {
		if _, err := parseBookID(f.book); err != nil {
			return fmt.Errorf("--book: %w", err)
		}
	}
	return nil
}

// importTape reads the file twice: once to see that it is a tape, how many rows
// it has and what its digest is, and once to offer the rows.
func (a *app) importTape(cmd *cobra.Command, path string, f tapeFlags) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("opening the tape: %w", err)
	}
	defer file.Close()
	scan, err := scanTape(file, tape.Layout(f.layout))
	if broken, ok := errors.AsType[*tape.FileError](err); ok {
		return &usageError{cmd.CommandPath(), fmt.Errorf("%s: %w", path, broken)}
	}
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading the tape again: %w", err)
	}
	i := &importer{app: a, flags: f, source: file, digest: scan.digest, rows: scan.rows}
	if f.dryRun {
		i.head = dryHead(a.now(), f)
		return i.run(cmd.Context())
	}
	s, err := a.connect(cmd.Context())
	if err != nil {
		return err
	}
	if err := i.prepare(cmd, s, filepath.Base(path), scan.unnamed); err != nil {
		return err
	}
	err = i.run(cmd.Context())
	if closed := i.journal.close(); err == nil {
		err = closed
	}
	return err
}

// scanned is what a first reading of a tape tells.
type scanned struct {
	digest  ledger.Digest
	rows    int
	unnamed bool // a row names no borrower
}

func scanTape(source io.Reader, layout tape.Layout) (scanned, error) {
	var s scanned
	h := sha256.New()
	r, err := tape.NewReader(io.TeeReader(source, h), layout)
	if err != nil {
		return s, err
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			s.digest = ledger.Digest(h.Sum(nil))
			return s, nil
		}
		if _, isProblem := errors.AsType[*tape.Problem](err); err != nil && !isProblem {
			return s, err
		}
		s.rows++
		s.unnamed = s.unnamed || err == nil && row.Borrower == ""
	}
}

// dryHead stands for an import that is never sent: its parties are nobody.
func dryHead(now time.Time, f tapeFlags) journalHead {
	now = now.UTC().Truncate(time.Second)
	h := journalHead{Secret: []byte("nothing is sent"), Begun: now, AnswerBy: now.Add(f.answerWithin)}
	nobody := func(letter string) string {
		return string(ledger.DerivePartyID("dry run", ledger.CommandID(letter)))[1:]
	}
	h.Tape = tapeID{Network: "dry run", Lender: ledger.PartyID("p" + nobody("lender")), Book: ledger.BookID("b" + nobody("book")),
		Borrower: ledger.PartyID("p" + nobody("borrower"))}
	if f.borrower != "" {
		h.Tape.Borrower = ledger.PartyID(f.borrower)
	}
	return h
}

// prepare finds the book, the borrower and the journal, and tells the gateway.
func (i *importer) prepare(cmd *cobra.Command, s *session, name string, unnamed bool) error {
	ctx := cmd.Context()
	network, err := s.Network(ctx)
	if err != nil {
		return err
	}
	id := tapeID{Digest: i.digest, Layout: tape.Layout(i.flags.layout), Network: network, Lender: s.Self(), Borrower: ledger.PartyID(i.flags.borrower)}
	if id.Book, err = i.chooseBook(cmd, s); err != nil {
		return err
	}
	if id.Borrower == "" && unnamed {
		if id.Borrower, err = i.standIn(cmd, s.profile); err != nil {
			return err
		}
	}
	now := i.now().UTC().Truncate(time.Second)
	head := journalHead{V: journalVersion, Tape: id, Rows: i.rows, Begun: now, AnswerBy: now.Add(i.flags.answerWithin), Name: name, Secret: make([]byte, 32)}
	if _, err := io.ReadFull(i.random, head.Secret); err != nil {
		return fmt.Errorf("drawing the import's secret: %w", err)
	}
	if i.flags.again {
		head.Tape.Again = hex.EncodeToString(head.Secret[:8])
	}
	j, found, err := openJournal(s.profile, head)
	if err != nil {
		return err
	}
	i.journal, i.head, i.session = j, j.journalHead, s
	switch {
	case found:
		i.say("This import was begun on %s; %d of %d rows are offered already.", j.Begun.Format(time.DateOnly), len(j.offered), i.rows)
	case i.flags.resume:
		return usage(cmd, "there is no such import to go on with; leave --resume out to begin one")
	}
	return i.openAtGateway(ctx)
}

// openAtGateway opens the import at the gateway and has it begin with whatever
// comes. A tape without rows is nothing to import.
func (i *importer) openAtGateway(ctx context.Context) error {
	if i.rows == 0 {
		return nil
	}
	digest, err := i.head.Tape.identity()
	if err != nil {
		return err
	}
	opened, err := i.session.OpenImport(ctx, i.head.Name, digest, i.rows)
	if err != nil {
		return err
	}
	switch opened.State {
	case client.ImportDraft:
		opened, err = i.session.StartImport(ctx, opened.ID)
	case client.ImportPaused:
		opened, err = i.session.ResumeImport(ctx, opened.ID)
	}
	if err != nil {
		return err
	}
	if opened.Offered < len(i.journal.offered) {
		// The gateway is another one, or has forgotten: it is told of all rows.
		i.journal.offered = map[int]struct{}{}
	}
	i.importID = opened.ID
	return nil
}

func (i *importer) chooseBook(cmd *cobra.Command, s *session) (ledger.BookID, error) {
	if i.flags.book != "" || s.profile.Book != "" {
		return chooseBook(s, i.flags.book)
	}
	receipt, err := i.openBook(cmd, s, true)
	if err != nil {
		return "", fmt.Errorf("opening a book for the notes: %w", err)
	}
	i.say("The profile had no book; the notes go to a new one, %s.", receipt.Result.Subject.ID)
	return s.profile.Book, nil
}

// standIn gives the party that stands in for borrowers whom the tape does not
// name. It is made once for a profile.
func (i *importer) standIn(cmd *cobra.Command, lender *profile.Profile) (ledger.PartyID, error) {
	p, err := profile.Open(filepath.Join(lender.Dir(), standIn))
	if err != nil {
		return "", err
	}
	if p.Party == "" {
		if err := i.makeStandIn(cmd, p, lender); err != nil {
			return "", fmt.Errorf("making a stand-in for the borrowers: %w", err)
		}
	}
	i.say("The tape names no borrowers; the notes are offered to the stand-in %s, whose key is in %s. Name the real one with --borrower.", p.Party, p.Dir())
	return p.Party, nil
}

func (i *importer) makeStandIn(cmd *cobra.Command, p, lender *profile.Profile) error {
	p.PassphraseFile = i.passphraseFile(lender)
	if p.PassphraseFile != "" {
		absolute, err := filepath.Abs(p.PassphraseFile)
		if err != nil {
			return fmt.Errorf("finding the passphrase's file: %w", err)
		}
		p.PassphraseFile = absolute
	}
	if _, err := p.KeyInfo(defaultKey); errors.Is(err, profile.ErrNoKey) {
		passphrase, err := i.newPassphrase(p)
		if err != nil {
			return err
		}
		if _, err := p.NewKey(defaultKey, profile.ES256, passphrase); err != nil {
			return err
		}
	}
	gateway, err := i.gatewayOf(lender)
	if err != nil {
		return err
	}
	p.Gateway = gateway
	_, err = i.register(cmd, p, ledger.RegisterBody{Kind: ledger.Person})
	return err
}
