package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/skuld-registry/skuld/api/store"
)

// keep makes a backup or restores one.
func (c *config) keep(ctx context.Context, out io.Writer) error {
	if c.backupTo != "" && c.restoreFrom != "" {
		return errors.New("-backup and -restore are asked for at once")
	}
	if c.restoreFrom != "" {
		return c.restore(ctx, out)
	}
	return c.backup(ctx, out)
}

// backup writes what cannot be rebuilt from the ledger into a new file, which is
// there only when it is whole. A gateway may be serving from the database.
func (c *config) backup(ctx context.Context, out io.Writer) (err error) {
	address, err := c.databaseAddress()
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(c.backupTo), ".backup-*") // for its owner only
	if err != nil {
		return fmt.Errorf("making the backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	w := bufio.NewWriter(f)
	rows, err := store.Backup(ctx, address, time.Now(), w)
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("backing up the database: %w", err)
	}
	// A link, unlike a renaming, takes no other backup's place.
	if err := os.Link(f.Name(), c.backupTo); err != nil {
		return fmt.Errorf("naming the backup: %w", err)
	}
	if err := syncFolder(filepath.Dir(c.backupTo)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "gateway: %d rows are backed up; the read model is rebuilt from the ledger, and the token keys in %s are not among them\n", rows, c.Data)
	return err
}

// restore reads a backup into a database that is empty.
func (c *config) restore(ctx context.Context, out io.Writer) (err error) {
	address, err := c.databaseAddress()
	if err != nil {
		return err
	}
	f, err := os.Open(c.restoreFrom)
	if err != nil {
		return fmt.Errorf("opening the backup: %w", err)
	}
	defer f.Close()
	s, err := store.Open(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	rows, err := s.Restore(ctx, f)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "gateway: %d rows are restored; the read model is rebuilt when the gateway starts\n", rows)
	return err
}

// syncFolder puts a folder's names on the disk.
func syncFolder(name string) error {
	d, err := os.Open(name)
	if err != nil {
		return fmt.Errorf("keeping the backup's name: %w", err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("keeping the backup's name: %w", err)
	}
	return nil
}
