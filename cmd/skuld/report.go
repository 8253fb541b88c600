package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/profile"
	"github.com/skuld-registry/skuld/ledger"
)

// report is an error as a program reads it, one line of JSON on stderr.
type report struct {
	Code   ledger.Code       `json:"code,omitempty"`
	Params map[string]string `json:"params,omitempty"`
	Text   string            `json:"text"`
	Hint   string            `json:"hint,omitempty"`
	Exit   int               `json:"exit"`
}

// errSilent ends the program with an exit code when everything is said already.
type errSilent struct{ exit int }

func (e *errSilent) Error() string { return fmt.Sprintf("exit code %d", e.exit) }

// fail says what went wrong, with what to do, and gives the exit code.
func (a *app) fail(err error) int {
	if silent, ok := errors.AsType[*errSilent](err); ok {
		return silent.exit
	}
	r := a.explain(err)
	if a.flags.json {
		// A report holds nothing that cannot be written as JSON.
		_ = json.NewEncoder(a.err).Encode(map[string]report{"error": r})
		return r.Exit
	}
	line := "skuld: " + strings.TrimSuffix(r.Text, ".") + "."
	if r.Code != "" {
		line += " (" + string(r.Code) + ")"
	}
	fmt.Fprintln(a.err, line)
	if r.Hint != "" {
		fmt.Fprintln(a.err, "  "+r.Hint)
	}
	return r.Exit
}

// explain finds the words for an error: the registry's own for a refusal, since
// its table says what to change.
func (a *app) explain(err error) report {
	r := report{Text: err.Error(), Exit: exitRefused}
	refusal, refused := errors.AsType[*ledger.Error](err)
	if refused {
		r.Code, r.Params, r.Text = refusal.Code, refusal.Params, refusal.Text(a.language())
		r.Hint = hints[refusal.Code]
		if refusal.Class() == ledger.ClassUnavailable {
			r.Exit = exitOpen
		}
	}
	problem, answered := errors.AsType[*client.Problem](err)
	switch {
	case answered && problem.Detail != "":
		r.Text = problem.Detail
	case refused && !answered && refusal.Class() == ledger.ClassInvalid:
		r.Exit = exitUsage // found here, before anything was sent
	}
	if u, ok := errors.AsType[*usageError](err); ok {
		r.Exit, r.Hint = exitUsage, "See "+u.command+" --help."
	}
	if kept, ok := errors.AsType[*keptError](err); ok {
		return report{Code: ledger.CodeOutcomeOpen, Exit: exitOpen,
			Text: "The outcome is not known yet: " + cause(kept.err),
			Hint: "The signed command is kept. Ask again with: skuld submit " + kept.path + "  It applies only once."}
	}
	if silent, ok := errors.AsType[*client.Unreachable](err); ok {
		return report{Code: ledger.CodeUnavailable, Exit: exitOpen,
			Text: "The gateway does not answer: " + cause(silent.Unwrap()), Hint: hints[ledger.CodeUnavailable]}
	}
	switch {
	case errors.Is(err, profile.ErrPassphrase):
		r.Exit = exitUsage
		r.Hint = "Give the right one at the prompt, or its file with --passphrase-file."
	case errors.Is(err, profile.ErrNoKey):
		r.Exit = exitUsage
		r.Hint = "Make one with skuld key new, or see skuld key list."
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission), errors.Is(err, profile.ErrWeak), errors.Is(err, profile.ErrSettings):
		r.Exit = exitUsage
	case errors.Is(err, context.Canceled):
		r.Text, r.Exit = "interrupted", exitOpen
	}
	return r
}

// cause gives the innermost words of a failure to reach the gateway.
func cause(err error) string {
	if errors.Is(err, context.Canceled) {
		return "interrupted while waiting"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// hints say what to do at the command line, where the refusal's own text
// cannot know.
var hints = map[ledger.Code]string{
	ledger.CodeSeqStale:         "Look with skuld note show, and run the command again if it still fits.",
	ledger.CodeUnavailable:      "Is the gateway running? A local network is started with make up.",
	ledger.CodeAssertionInvalid: "Is the party registered at this gateway, and is the key its own? See skuld profile show and skuld party show.",
	ledger.CodeRateUnknown:      "Give the day of the agreement with --agreed-on; the tables end where the law has not spoken yet.",
	ledger.CodeSignerUnknown:    "Register with skuld party register.",
	ledger.CodeBookNotOwn:       "List your books with skuld book list, or open one with skuld book open.",
	ledger.CodeNotEntitled:      "Is it the right id and the right --profile?",
	ledger.CodeNotFound:         "Is it the right id and the right --profile?",
}

// print writes one JSON document for programs, or else lets people be written for.
func (a *app) print(document any, people func(io.Writer)) error {
	if !a.flags.json {
		people(a.out)
		return nil
	}
	if err := json.NewEncoder(a.out).Encode(document); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	return nil
}

// say tells a person what is going on; programs are not told.
func (a *app) say(format string, args ...any) {
	if !a.flags.json {
		fmt.Fprintf(a.err, format+"\n", args...)
	}
}
