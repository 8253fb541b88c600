package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/skuld-registry/skuld/ledger"
)

// maxTags bounds the entity tags of one condition.
const maxTags = 16

// condition is what If-Match asks (RFC 9110 par. 13.1.1): that what is changed is
// still as its writer read it.
type condition struct {
	given bool
	any   bool     // it is enough that there is something to change
	tags  []string // strong ones, with their quotes
}

// readCondition reads If-Match. A condition that is not understood is refused
// and never passed over.
func readCondition(r *http.Request) (condition, error) {
	sent := r.Header.Values("If-Match")
	if len(sent) == 0 {
		return condition{}, nil
	}
	c := condition{given: true}
	if c.any = len(sent) == 1 && strings.TrimSpace(sent[0]) == "*"; c.any {
		return c, nil
	}
	rest := strings.Join(sent, ",")
	for n := 0; ; n++ {
		tag, after, ok := cutTag(strings.TrimLeft(rest, " \t,"))
		if !ok || n == maxTags {
			return c, malformed("If-Match must be * or a list of at most " + strconv.Itoa(maxTags) + " entity tags")
		}
		// The comparison is the strong one, in which a weak tag is like no other.
		if !strings.HasPrefix(tag, "W/") {
			c.tags = append(c.tags, tag)
		}
		if rest = strings.Trim(after, " \t,"); rest == "" {
			return c, nil
		}
	}
}

// cutTag takes an entity tag (RFC 9110 par. 8.8.3) off a list of them.
func cutTag(text string) (tag, rest string, ok bool) {
	opaque, _ := strings.CutPrefix(text, "W/")
	if !strings.HasPrefix(opaque, `"`) {
		return "", "", false
	}
	end := strings.IndexByte(opaque[1:], '"') + 1
	if end == 0 {
		return "", "", false
	}
	cut := len(text) - len(opaque) + end + 1
	tag, rest = text[:cut], strings.TrimLeft(text[cut:], " \t")
	return tag, rest, rest == "" || rest[0] == ','
}

// holds says whether a subject with this number fulfils the condition; 0 is that
// of one that does not exist.
func (c condition) holds(seq uint64) bool {
	return !c.given || seq > 0 && (c.any || slices.Contains(c.tags, tagOf(seq)))
}

// tagOf gives the entity tag of a subject.
func tagOf(seq uint64) string { return `"` + strconv.FormatUint(seq, 10) + `"` }

func preconditionFailed(seq uint64) *ledger.Error {
	return ledger.Refuse(ledger.CodePrecondition, "seq", strconv.FormatUint(seq, 10))
}

// requireUnchanged refuses a signed command whose caller asks for another state
// than there is. The command's own number guards the same, but only the caller
// knows what it read. One that was applied before is let through, to be told so
// (RFC 9110 par. 13.1.1).
func (s *Server) requireUnchanged(r *http.Request, cmd *ledger.Command) error {
	c, err := readCondition(r)
	if err != nil || !c.given {
		return err
	}
	seq, _, err := s.stands(r.Context(), cmd.Op, cmd.Subject().ID)
	if err != nil || c.holds(seq) {
		return err
	}
	entry, err := s.Store.EntryAt(r.Context(), cmd.Subject(), cmd.Seq)
	if err != nil {
		return err
	}
	if entry != nil && entry.Result.Command == cmd.Command {
		return nil
	}
	return preconditionFailed(seq)
}

// stands gives the number of the last command on the subject of an operation,
// read from the ledger itself for a caller that may see it, and the note where
// it is one. It is 0 where the operation creates the subject.
func (s *Server) stands(ctx context.Context, op ledger.Op, id string) (uint64, *ledger.Note, error) {
	kind, creates, known := ledger.KindOf(op)
	switch {
	case !known || creates:
		return 0, nil, nil
	case kind == ledger.KindParty:
		v, err := s.party(ctx, ledger.PartyID(id))
		return v.Record.Seq, nil, err
	case kind == ledger.KindBook:
		b, err := s.book(ctx, ledger.BookID(id))
		if err != nil {
			return 0, nil, err
		}
		return b.Seq, nil, nil
	}
	v, err := s.note(ctx, ledger.NoteID(id), true)
	if err != nil {
		return 0, nil, err
	}
	return v.seq(), v.note, nil
}
