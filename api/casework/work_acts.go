package casework

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skuld-registry/skuld/api/store/casebook"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
)

// The names of the acts of everyday work.
const (
	NameLogContact        ActName = "contact.log"
	NamePromiseCall       ActName = "callback.promise"
	NameKeepCall          ActName = "callback.keep"
	NameMoveCall          ActName = "callback.move"
	NameDropCall          ActName = "callback.drop"
	NameTakePromise       ActName = "promise.take"
	NameWithdrawPromise   ActName = "promise.withdraw"
	NameRegisterComplaint ActName = "complaint.register"
	NameAnswerComplaint   ActName = "complaint.answer"
	NameRaiseFlag         ActName = "flag.raise"
	NameLiftFlag          ActName = "flag.lift"
	NameRestoreFlag       ActName = "flag.restore"
	NameTakeTask          ActName = "task.take"
	NamePassTask          ActName = "task.pass"
	NameFinishTask        ActName = "task.finish"
	NameReopenTask        ActName = "task.reopen"
)

// workKinds are the acts of everyday work: talking with persons, and the worklist.
var workKinds = []kind{
	{name: NameLogContact, roles: working(Finance), make: func() Act { return new(LogContact) }},
	{name: NamePromiseCall, roles: working(Finance), make: func() Act { return new(PromiseCall) }},
	{name: NameKeepCall, roles: working(Finance), make: func() Act { return new(KeepCall) }},
	{name: NameMoveCall, roles: working(Finance), make: func() Act { return new(MoveCall) }},
	{name: NameDropCall, roles: working(), reason: true, make: func() Act { return new(DropCall) }},
	{name: NameTakePromise, roles: working(Finance), make: func() Act { return new(TakePromise) }},
	{name: NameWithdrawPromise, roles: working(Finance), reason: true, make: func() Act { return new(WithdrawPromise) }},
	{name: NameRegisterComplaint, roles: working(Finance), make: func() Act { return new(RegisterComplaint) }},
	{name: NameAnswerComplaint, roles: working(), make: func() Act { return new(AnswerComplaint) }},
	{name: NameRaiseFlag, roles: working(), make: func() Act { return new(RaiseFlag) }},
	{name: NameLiftFlag, roles: working(), reason: true, make: func() Act { return new(LiftFlag) }},
	{name: NameRestoreFlag, roles: working(), make: func() Act { return new(RestoreFlag) }},
	{name: NameTakeTask, roles: working(Finance), make: func() Act { return new(TakeTask) }},
	{name: NamePassTask, roles: working(Finance), make: func() Act { return new(PassTask) }},
	{name: NameFinishTask, roles: working(Finance), make: func() Act { return new(FinishTask) }},
	{name: NameReopenTask, roles: working(Finance), make: func() Act { return new(ReopenTask) }},
}

// Limits of what staff write down.
const (
	MaxWords  = 2000 // characters of a note of a conversation, a complaint or an answer
	MaxStep   = 200  // characters of a next step, a remark or an outcome
	maxNumber = 40   // characters of a telephone number as somebody said it
	// longestWait is the latest that a next step or a call can be put off to.
	longestWait = 92 * 24 * time.Hour
)

// officeEnds is when the last day of something is over for those who work (UTC).
const officeEnds = 15 * time.Hour

// dueOn gives the moment by which something is to be done on a day.
func dueOn(day finance.Date) time.Time {
	year, month, d := day.Civil()
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Add(officeEnds)
}

// wrongField refuses an act for one of its fields.
func wrongField(field, want string) error {
	return ledger.Refuse(ledger.CodeBodyInvalid, "field", field, "want", want)
}

// checkText refuses a text that is too long, or missing where it must be there.
func checkText(field, text string, most int, required bool) error {
	if n := utf8.RuneCountInString(text); n > most || required && strings.TrimSpace(text) == "" || !utf8.ValidString(text) {
		return wrongField(field, fmt.Sprintf("a text of at most %d characters", most))
	}
	return nil
}

// checkTime refuses a time that has passed, or that nobody can plan for.
func checkTime(field string, at, now time.Time) error {
	if at.Before(now) || at.After(now.Add(longestWait)) {
		return wrongField(field, "a time within the next three months")
	}
	return nil
}

// checkSubject refuses a note that is no case, and a person who is not of it; the
// person may be left out.
func (d *Desk) checkSubject(ctx context.Context, note ledger.NoteID, party ledger.PartyID) error {
	if _, err := d.caseOf(ctx, note); err != nil || party == "" {
		return err
	}
	_, err := d.personOf(ctx, note, party)
	return err
}

// checkStaff refuses somebody who does not work here; nobody is fine.
func (d *Desk) checkStaff(ctx context.Context, field string, id casebook.StaffID) error {
	if id == "" {
		return nil
	}
	s, err := d.Book.StaffOf(ctx, id)
	if err == nil && (s == nil || !s.Disabled.IsZero()) {
		err = wrongField(field, "somebody who works here")
	}
	return err
}

// settled refuses what was settled before.
func settled() error { return ledger.Refuse(ledger.CodeSettled) }

// happened makes a refusal of what somebody else settled at the same moment.
func happened(did bool, err error) error {
	if err == nil && !did {
		err = settled()
	}
	return err
}
