package casework

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
)

const (
	// lettersEvery is how often it is looked for letters to put into the outbox.
	lettersEvery = 5 * time.Second
	// letterPatience is how long the act that wrote a letter may take to end, also after
	// a crash. Then what it has led to on the ledger decides.
	letterPatience = 15 * time.Minute
	// maxIndexed bounds the letters of one day's index.
	maxIndexed = 100_000
	private    = 0o600
)

// SendLetters puts letters into the outbox, until ctx ends.
func (d *Desk) SendLetters(ctx context.Context) {
	turns := time.NewTicker(lettersEvery)
	defer turns.Stop()
	for {
		if err := d.PassLetters(ctx); err != nil && ctx.Err() == nil {
			d.Log.Warn("letters could not be put into the outbox; the next turn tries again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-turns.C:
		}
	}
}

// PassLetters ends what acts on letters have left open, and puts what is ready into the
// outbox. Who prints and sends the files fetches them from there.
func (d *Desk) PassLetters(ctx context.Context) error {
	if err := d.settleLetters(ctx); err != nil {
		return err
	}
	if d.Letters.Folder == "" {
		return nil
	}
	for range store.MaxPage {
		ready, err := d.Book.LettersIn(ctx, casebook.LetterMade, 0, store.MaxPage)
		if err != nil || len(ready) == 0 {
			return err
		}
		if err := d.putOut(ctx, ready); err != nil {
			return err
		}
	}
	return nil
}

// settleLetters lets letters go whose fee was charged after all, and withdraws those of
// acts that have not ended for long and charged nothing.
func (d *Desk) settleLetters(ctx context.Context) error {
	open, err := d.Book.LettersIn(ctx, casebook.LetterWritten, 0, store.MaxPage)
	if err != nil {
		return err
	}
	for i := range open {
		all, err := d.Book.LettersOfAct(ctx, open[i].Act)
		if err != nil {
			return err
		}
		n, err := d.Book.Note(ctx, open[i].Note)
		if err != nil {
			return err
		}
		waits, err := d.Book.ActWaits(ctx, open[i].Act)
		switch {
		case err != nil:
			return err
		case n != nil && charged(n.State, all[0].Digest) != nil && d.Clock().After(open[i].At.Add(resolveAfter)):
			err = d.release(ctx, d.actorOf(ctx, &open[i]), all)
		case !waits && d.Clock().After(open[i].At.Add(letterPatience)):
			err = d.withdraw(ctx, all)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// actorOf gives who has written a letter, with their name where it is known.
func (d *Desk) actorOf(ctx context.Context, l *casebook.Letter) Actor {
	a := Actor{Staff: l.Staff, Rule: l.Rule}
	if s, err := d.Book.StaffOf(ctx, l.Staff); err == nil && s != nil {
		a.Name = s.Name
	}
	return a
}

// Indexed is a letter in the index of the outbox.
type Indexed struct {
	ID       string            `json:"id"`
	File     string            `json:"file"`
	SHA256   ledger.Digest     `json:"sha256"`
	Channel  casebook.Delivery `json:"channel"`
	Language ledger.Language   `json:"language"`
	Title    string            `json:"title"`
	Name     string            `json:"name"`
	Address  []string          `json:"address,omitempty"`
	Email    string            `json:"email,omitempty"`
	Phone    string            `json:"phone,omitempty"`
	Message  string            `json:"message,omitempty"` // what is sent to a telephone
}

// putOut writes the files of letters, then the index of each of their days, and then
// notes that they went out. After a crash it writes the same again; a letter stands in
// the index of the day on which it was made, and in no other.
func (d *Desk) putOut(ctx context.Context, ready []casebook.Letter) error {
	days := map[string][]casebook.Letter{}
	for i := range ready {
		l := &ready[i]
		file, err := LetterFile(l)
		if err != nil {
			return err
		}
		if err := d.writeFile(l.ID+".pdf", file); err != nil {
			return err
		}
		day := l.At.UTC().Format(time.DateOnly)
		days[day] = append(days[day], *l)
	}
	for day, letters := range days {
		if err := d.writeIndex(ctx, day, letters); err != nil {
			return err
		}
	}
	for i := range ready {
		moved, err := d.Book.MoveLetter(ctx, ready[i].ID, casebook.LetterMade, casebook.LetterSent, d.Clock())
		if err != nil {
			return err
		}
		if !moved { // somebody has withdrawn it meanwhile
			if err := d.takeOut(ctx, &ready[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeOut takes a letter out of the outbox again.
func (d *Desk) takeOut(ctx context.Context, l *casebook.Letter) (err error) {
	root, err := os.OpenRoot(d.Letters.Folder)
	if err != nil {
		return fmt.Errorf("opening the outbox of letters: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	if err := root.Remove(l.ID + ".pdf"); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("taking a letter out of the outbox: %w", err)
	}
	return d.writeIndex(ctx, l.At.UTC().Format(time.DateOnly), nil)
}

// writeIndex writes what went out of the letters of a day, and what goes now.
func (d *Desk) writeIndex(ctx context.Context, day string, now []casebook.Letter) error {
	from, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return fmt.Errorf("reading a day of letters: %w", err)
	}
	var all []Indexed
	add := func(letters []casebook.Letter) error {
		for i := range letters {
			if letters[i].Channel == casebook.DeliverPortal {
				continue
			}
			entry, err := indexed(&letters[i])
			if err != nil {
				return err
			}
			all = append(all, entry)
		}
		return nil
	}
	for after := int64(0); len(all) < maxIndexed; {
		sent, err := d.Book.LettersSent(ctx, from, from.AddDate(0, 0, 1), after, store.MaxPage)
		if err != nil {
			return err
		}
		if err := add(sent); err != nil {
			return err
		}
		if len(sent) < store.MaxPage {
			break
		}
		after = sent[len(sent)-1].Place
	}
	if err := add(now); err != nil {
		return err
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return fmt.Errorf("writing the index of letters: %w", err)
	}
	return d.writeFile(day+".json", append(text, '\n'))
}

// indexed says how a letter is to reach the person.
func indexed(kept *casebook.Letter) (Indexed, error) {
	l, err := ReadLetter(kept)
	if err != nil {
		return Indexed{}, err
	}
	i := Indexed{
		ID: kept.ID, File: kept.ID + ".pdf", SHA256: kept.Digest, Channel: kept.Channel, Language: l.Language, Title: l.Title, Name: kept.Name, Address: l.To.Lines,
	}
	switch kept.Channel {
	case casebook.DeliverEmail:
		i.Email = kept.Reach
	case casebook.DeliverMessage:
		f, err := LetterFacts(kept)
		if err != nil {
			return i, err
		}
		i.Phone, i.Message = kept.Reach, l.Message(f.Human, f.Code)
	}
	return i, nil
}

// writeFile puts a file into the outbox, whole or not at all. Who fetches letters may
// write there as well: no link of theirs leads a letter over another file.
func (d *Desk) writeFile(name string, data []byte) (err error) {
	root, err := os.OpenRoot(d.Letters.Folder)
	if err != nil {
		return fmt.Errorf("opening the outbox of letters: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	half := "." + name
	if err := root.WriteFile(half, data, private); err != nil {
		return fmt.Errorf("writing into the outbox of letters: %w", err)
	}
	if err := root.Rename(half, name); err != nil {
		return fmt.Errorf("writing into the outbox of letters: %w", err)
	}
	return nil
}
