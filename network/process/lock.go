package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// ErrLocked says that another process holds the lock.
var ErrLocked = errors.New("another process holds the lock")

// maxLockRecord is the most that is read of a lock file, in bytes.
const maxLockRecord = 4096

// Limits of waiting for a lock that is held only for a moment.
const (
	momentLimit = 10 * time.Second
	momentPause = 10 * time.Millisecond
)

// Lock is a file that one process holds. The kernel releases it when that
// process ends, however it ends.
type Lock struct{ file *os.File }

// Acquire takes the lock and writes into the file who has it. It returns an
// error that wraps ErrLocked if another process has acquired it; one that only
// borrows it is waited for.
func Acquire(path string) (*Lock, error) {
	l, err := Borrow(path)
	if err != nil {
		return nil, err
	}
	if err := l.name(); err != nil {
		return nil, errors.Join(err, l.file.Close())
	}
	return l, nil
}

// Borrow takes the lock as Acquire does, but for a short task only: the file
// names nobody, so that nobody asks the borrower to end.
func Borrow(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock: %w", err)
	}
	deadline := time.Now().Add(momentLimit)
	for {
		err := flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			break
		}
		// Who borrows the lock, looks for its holder or is about to write its
		// name has it for a moment only.
		if !errors.Is(err, ErrLocked) || named(f) || time.Now().After(deadline) {
			return nil, errors.Join(err, f.Close())
		}
		time.Sleep(momentPause)
	}
	// One that was killed left its name.
	if err := f.Truncate(0); err != nil {
		return nil, errors.Join(fmt.Errorf("clearing the lock: %w", err), f.Close())
	}
	return &Lock{file: f}, nil
}

// name writes into the file that this process has the lock.
func (l *Lock) name() error {
	id, err := Identify(os.Getpid())
	if err != nil {
		return err
	}
	record, err := json.Marshal(id)
	if err != nil {
		return fmt.Errorf("naming the lock's holder: %w", err)
	}
	if _, err := l.file.WriteAt(record, 0); err != nil {
		return fmt.Errorf("writing the lock: %w", err)
	}
	return nil
}

// Release gives the lock back.
func (l *Lock) Release() error { return errors.Join(l.file.Truncate(0), l.file.Close()) }

// Holder returns the process that has acquired the lock, or ErrGone if none
// has. It is not told of one that borrows it.
func Holder(path string) (ID, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ID{}, ErrGone
	}
	if err != nil {
		return ID{}, fmt.Errorf("opening the lock: %w", err)
	}
	defer f.Close() //nolint:errcheck // It is only read.
	err = flock(f, syscall.LOCK_SH|syscall.LOCK_NB)
	if err == nil {
		return ID{}, ErrGone // Closing the file gives the shared lock back.
	}
	if !errors.Is(err, ErrLocked) {
		return ID{}, err
	}
	return readHolder(f)
}

// named reports whether the file names a process that runs. A file that cannot
// be read is taken to do so.
func named(f *os.File) bool {
	_, err := readHolder(f)
	return !errors.Is(err, ErrGone)
}

// readHolder returns ErrGone if the file names no process, or one that has
// ended.
func readHolder(f *os.File) (ID, error) {
	b, err := io.ReadAll(io.NewSectionReader(f, 0, maxLockRecord))
	if err != nil {
		return ID{}, fmt.Errorf("reading the lock: %w", err)
	}
	if len(b) == 0 {
		return ID{}, ErrGone
	}
	var id ID
	if err := json.Unmarshal(b, &id); err != nil {
		return ID{}, fmt.Errorf("reading the lock's holder: %w", err)
	}
	if !id.Alive() {
		return ID{}, ErrGone
	}
	return id, nil
}

func flock(f *os.File, how int) error {
	err := syscall.Flock(int(f.Fd()), how)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	if err != nil {
		return fmt.Errorf("locking %s: %w", f.Name(), err)
	}
	return nil
}
