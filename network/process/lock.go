package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// ErrLocked says that another process holds the lock.
var ErrLocked = errors.New("another process holds the lock")

// maxLockRecord is the most that is read of a lock file, in bytes.
const maxLockRecord = 4096

// Lock is a file that one process holds. The kernel releases it when that
// process ends, however it ends.
type Lock struct{ file *os.File }

// Acquire takes the lock and writes into the file who has it. It returns an
// error that wraps ErrLocked if another process has it.
func Acquire(path string) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock: %w", err)
	}
	if err := flock(f, syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	id, err := Identify(os.Getpid())
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	record, err := json.Marshal(id)
	if err == nil {
		err = f.Truncate(0)
	}
	if err == nil {
		_, err = f.WriteAt(record, 0)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("writing the lock: %w", err), f.Close())
	}
	return &Lock{file: f}, nil
}

// Release gives the lock back.
func (l *Lock) Release() error { return l.file.Close() }

// Holder returns the process that holds the lock, or ErrGone if none does.
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
	b, err := io.ReadAll(io.LimitReader(f, maxLockRecord))
	if err != nil {
		return ID{}, fmt.Errorf("reading the lock: %w", err)
	}
	var id ID
	if err := json.Unmarshal(b, &id); err != nil {
		return ID{}, fmt.Errorf("reading the lock's holder: %w", err)
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
