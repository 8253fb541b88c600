package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

// keptError says that a command's outcome is not known and where it is kept, so
// that the very same one can be sent again.
type keptError struct {
	path string
	err  error
}

func (k *keptError) Error() string { return k.err.Error() }

func (k *keptError) Unwrap() error { return k.err }

// send writes a command, signs it, hands it in and waits for its outcome.
func (a *app) send(ctx context.Context, s *session, d client.Draft) (client.Receipt, error) {
	command, signed, err := s.Write(ctx, d)
	if err != nil {
		return client.Receipt{}, err
	}
	return a.handIn(ctx, s, submission{command, signed, s.Submit})
}

// submission is a signed command and how it is handed in.
type submission struct {
	command *ledger.Command
	signed  ledger.Signed
	submit  func(context.Context, ledger.Signed) (client.Receipt, error)
}

// handIn hands in a signed command. It is on the disk before it is sent: if this
// program ends before the outcome is known, the same command can be sent again,
// where a newly written one could pay twice.
func (a *app) handIn(ctx context.Context, s *session, what submission) (client.Receipt, error) {
	text, err := json.Marshal(what.signed)
	if err != nil {
		return client.Receipt{}, fmt.Errorf("keeping the command: %w", err)
	}
	name := filepath.Join("unknown", string(what.command.Command)+".json")
	if err := s.profile.WriteFile(name, append(text, '\n')); err != nil {
		return client.Receipt{}, err
	}
	path := filepath.Join(s.profile.Dir(), name)
	receipt, err := what.submit(ctx, what.signed)
	if _, unknown := errors.AsType[*client.UnknownOutcome](err); unknown {
		return receipt, &keptError{path: path, err: err}
	}
	if removed := os.Remove(path); err == nil && removed != nil {
		err = fmt.Errorf("forgetting the command that was applied: %w", removed)
	}
	return receipt, err
}

// done shows what came of a command.
func (a *app) done(r client.Receipt, says string) error {
	return a.print(r, func(w io.Writer) {
		if r.Repeated {
			says += ", as it already was by the same command"
		}
		fmt.Fprintln(w, says)
		f := newFacts()
		f.add(kindName(r.Result.Subject.Kind), r.Result.Subject.ID)
		f.add("Number", fmt.Sprint(r.Result.Seq))
		f.add("Command", string(r.Result.Command))
		f.add("Transaction", r.Transaction)
		if r.Block > 0 {
			f.add("Block", fmt.Sprint(r.Block))
		}
		f.write(w)
	})
}

func kindName(k ledger.Kind) string {
	switch k {
	case ledger.KindNote:
		return "Note"
	case ledger.KindBook:
		return "Book"
	}
	return "Party"
}
