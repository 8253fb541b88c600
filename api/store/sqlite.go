package store

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"syscall"

	_ "modernc.org/sqlite" // the driver registers itself
)

// sqliteReaders bounds the connections that read; SQLite keeps a page cache for each.
const sqliteReaders = 4

// pageCacheKiB bounds the page cache of one connection.
const pageCacheKiB = 4 << 10

// busyMillis is how long a connection waits for another one's lock.
const busyMillis = 5000

// lockSuffix names the file beside the database whose lock the gateway holds.
// SQLite's own locks end with each transaction.
const lockSuffix = ".lock"

func connectSQLite(file string) (*Store, error) {
	lock, err := lockFile(file + lockSuffix)
	if err != nil {
		return nil, err
	}
	s, err := poolsSQLite(file)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s.lock = lock
	return s, nil
}

func poolsSQLite(file string) (*Store, error) {
	if err := forOwnerOnly(file); err != nil {
		return nil, err
	}
	writer, err := openSQLite(file, "immediate", 1)
	if err != nil {
		return nil, err
	}
	reader, err := openSQLite(file, "deferred", sqliteReaders)
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	return &Store{writer: writer, reader: reader, term: newTerm()}, nil
}

// lockFile takes a lock that ends with the process, however that ends. The file
// stays: to take it away would let two gateways lock two files of one name.
func lockFile(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the lock of the database: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("%w: it holds %s", ErrInUse, name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("locking the database: %w", err), f.Close())
	}
	return f, nil
}

// forOwnerOnly makes the file before SQLite does, which would let others read
// it; SQLite gives its other files the same mode.
func forOwnerOnly(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = errors.Join(f.Chmod(0o600), f.Close())
	}
	if err != nil {
		return fmt.Errorf("making the database file: %w", err)
	}
	return nil
}

// openSQLite opens a pool. In WAL mode readers never wait for the writer. Only
// with synchronous=FULL is a commit on the disk before it is answered: a power
// cut must not take back that an assertion was used, or it could be used again,
// nor that an outcome is owed to somebody. An index that SQLite makes for one
// query costs more than any list may: every list has its own.
func openSQLite(file, lock string, connections int) (*sql.DB, error) {
	q := url.Values{"_txlock": {lock}, "_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyMillis), "journal_mode(WAL)", "synchronous(FULL)",
		fmt.Sprintf("cache_size(-%d)", pageCacheKiB), "foreign_keys(ON)", "automatic_index(OFF)",
	}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: file}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("opening the database %s: %w", file, err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db, nil
}
