package protocol

import (
	"slices"
	"sync"

	"github.com/skuld-registry/skuld/ledger"
)

// fate is what became of a task: its outcome, or why it was never handed in.
type fate struct {
	outcome ledger.Outcome
	notSent error
}

// task is one command on its way. Everything below the line belongs to the run
// that has the task, and so to one goroutine at a time.
type task struct {
	signed  ledger.Signed // empty where a draft is rehearsed
	opened  ledger.Opened
	cmd     *ledger.Command
	subject ledger.Subject
	creates bool

	spans spans // begun before the task is queued

	done chan struct{} // closed when the fate is known
	mu   sync.Mutex
	f    fate
	over bool // the caller has its answer

	// ----

	attempts  int         // transactions that it was in
	salt      ledger.Salt // of the attempt under way
	endorsers []string
	states    map[ledger.Subject]*held // that the attempt under way is based on

	// look says that the subject must be looked at before the next attempt,
	// also where the command itself does not need it.
	look bool
	// early is how many attempts found the subject behind the command's number.
	early int
	// lookups is how many attempts only look whether the command stands.
	lookups int
	// undecided says that a transaction with the command was sent whose fate is
	// not known: whatever follows, it may still be applied. transactions are
	// the ids of those, as far as they are known.
	undecided    bool
	transactions []string
	last         error // what stopped the last attempt
	ended        bool  // there is nothing more to do
	found        fate  // what the run found where it has ended, heard by a caller or not
}

// newTask takes a command apart. What is no command has its outcome at once.
func (c *Client) newTask(signed ledger.Signed) *task {
	opened, err := c.sigs.Open(signed)
	var cmd *ledger.Command
	if err == nil {
		cmd, err = ledger.DecodeCommand(opened.Payload)
	}
	t := taskOf(opened, cmd, err)
	t.signed = signed
	return t
}

// newRehearsal is newTask for a command that will not be submitted.
func (c *Client) newRehearsal(r ledger.Rehearsal) *task {
	if r.Signed != (ledger.Signed{}) {
		return c.newTask(r.Signed)
	}
	return taskOf(ledger.OpenDraft(r.Draft))
}

func taskOf(opened ledger.Opened, cmd *ledger.Command, err error) *task {
	t := &task{opened: opened, cmd: cmd, done: make(chan struct{})}
	if err != nil {
		t.finish(refusedAs(err))
		return t
	}
	t.subject = cmd.Subject()
	_, t.creates, _ = ledger.KindOf(cmd.Op)
	return t
}

// finish settles the task's fate; the first time counts.
func (t *task) finish(f fate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	t.f, t.over = f, true
	t.spans.end(f)
	close(t.done)
}

// end is how the run settles the fate, which is of use even where the caller
// has gone: nothing is tried again.
func (t *task) end(f fate) {
	t.ended, t.found = true, f
	t.finish(f)
}

// abandon answers the caller of a task that goes on without it.
func (t *task) abandon() {
	t.finish(fate{outcome: ledger.Outcome{State: ledger.Unknown, Err: ledger.Refuse(ledger.CodeOutcomeOpen)}})
}

func (t *task) isDone() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.over
}

func (t *task) fate() fate {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.f
}

// needs lists the subjects whose states the command cannot be applied without:
// its signer, whose keys verify it, whom the signer represents, and what it is
// about. What it creates does not exist yet, and books are public.
func (t *task) needs() []ledger.Subject {
	var list []ledger.Subject
	if t.cmd.Op != ledger.OpPartyRegister {
		list = append(list, t.cmd.By.Subject())
	}
	if t.cmd.For != "" {
		list = append(list, t.cmd.For.Subject())
	}
	if t.look || !t.creates && t.subject.Kind != ledger.KindBook {
		list = append(list, t.subject)
	}
	return unique(list)
}

// orderedBehind lists the subjects that the command must not overtake another
// command on: its own, the party whose keys verify it, and the one whose power of
// attorney it needs.
func (t *task) orderedBehind() []ledger.Subject {
	list := []ledger.Subject{t.subject, t.cmd.By.Subject()}
	if t.cmd.For != "" {
		list = append(list, t.cmd.For.Subject())
	}
	return list
}

// size estimates the command's share of a transaction's message.
func (t *task) size() int {
	n := t.signed.Size()
	for _, h := range t.states {
		if h.state != nil {
			n += len(h.state.State)
		}
	}
	return n
}

// sentIn remembers that the fate of a transaction with this command is unknown.
func (t *task) sentIn(transaction string, lookups int) {
	t.undecided, t.look, t.lookups = true, true, lookups
	if transaction != "" {
		t.transactions = append(t.transactions, transaction)
	}
}

// repeats says whether the command stood already before the client sent it:
// whether the transaction that applied it is none of those with unknown fate.
// Where their ids, or that of the one, are not known, it was most likely one of them.
func (t *task) repeats(transaction string) bool {
	if len(t.transactions) > 0 && transaction != "" {
		return !slices.Contains(t.transactions, transaction)
	}
	return !t.undecided
}

// refusedAs makes a fate of what the rules said: a refusal, or a fault of our
// own before anything was handed in.
func refusedAs(err error) fate {
	if e, ok := asRefusal(err); ok {
		return fate{outcome: ledger.Outcome{State: ledger.Rejected, Err: e}}
	}
	return fate{notSent: err}
}
