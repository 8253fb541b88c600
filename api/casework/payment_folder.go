package casework

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api/bankfile"
	"github.com/skuld-registry/skuld/api/store/casebook"
)

// FolderRule is the rule by which a file that lies in the folder is taken in.
const FolderRule = "payment.folder/1"

const (
	// doneFolder and refusedFolder stand in the watched one and take its files up.
	doneFolder    = "done"
	refusedFolder = "refused"
	// folderPause is how often the folder is looked at. A file is taken when it was
	// the same twice: whatever writes it there has ended.
	folderPause = 5 * time.Second
	// maxFolderFiles bounds what is looked at in one go.
	maxFolderFiles = 1000
)

// Folder is where a bank's files are put for the desk to take in.
type Folder struct {
	Path string
	seen map[string]look
}

// look is how a file was when it was last looked at.
type look struct {
	size int64
	at   time.Time
}

// WatchFolder takes in the files that are put into a folder, until ctx ends.
func (d *Desk) WatchFolder(ctx context.Context, f *Folder) {
	tick := time.NewTicker(folderPause)
	defer tick.Stop()
	for {
		if err := d.LookInFolder(ctx, f); err != nil && ctx.Err() == nil {
			d.Log.Warn("the folder of bank files could not be read; it is looked at again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// LookInFolder looks once, and takes in what has not changed since it looked before.
// A file is moved only when the book has it: after a crash it is taken in again, which
// changes nothing.
func (d *Desk) LookInFolder(ctx context.Context, f *Folder) error {
	all, err := os.ReadDir(f.Path)
	if err != nil {
		return fmt.Errorf("looking into the folder of bank files: %w", err)
	}
	now := map[string]look{}
	for _, file := range all[:min(len(all), maxFolderFiles)] {
		name := file.Name()
		info, err := file.Info()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // somebody took it away
		case err != nil:
			return fmt.Errorf("looking at a bank file: %w", err)
		case !info.Mode().IsRegular() || strings.HasPrefix(name, "."):
			continue
		}
		now[name] = look{info.Size(), info.ModTime()}
		if f.seen[name] != now[name] {
			continue
		}
		if err := d.takeFile(ctx, f.Path, name); err != nil {
			return err
		}
	}
	f.seen = now
	return nil
}

// takeFile takes one file in and moves it out of the way.
func (d *Desk) takeFile(ctx context.Context, dir, name string) error {
	data, err := readFile(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	to := doneFolder
	if len(data) == 0 {
		to = refusedFolder
	} else {
		a := NewImport(name, data)
		if _, err := d.Do(ctx, Request{ID: derived("folder", a.Digest), Actor: Actor{Rule: FolderRule}, Act: a}); err != nil {
			return err
		}
		kept, err := d.Book.BankFile(ctx, a.Digest)
		if err != nil {
			return err
		}
		if kept == nil || kept.State == casebook.BankFileRefused {
			to = refusedFolder
		}
	}
	return moveFile(dir, name, to, d.Clock())
}

// readFile reads as much of a file as a bank file may have, and a byte more.
func readFile(path string) (data []byte, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("opening a bank file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if data, err = io.ReadAll(io.LimitReader(f, bankfile.MaxBytes+1)); err != nil {
		return nil, fmt.Errorf("reading a bank file: %w", err)
	}
	return data, nil
}

// moveFile moves a file into a folder beside it, under a name that no other has there.
func moveFile(dir, name, to string, now time.Time) error {
	const private = 0o700
	if err := os.MkdirAll(filepath.Join(dir, to), private); err != nil {
		return fmt.Errorf("making the folder for bank files that were read: %w", err)
	}
	target := filepath.Join(dir, to, now.UTC().Format("20060102T150405.000000000")+"-"+name)
	if err := os.Rename(filepath.Join(dir, name), target); err != nil {
		return fmt.Errorf("moving a bank file that was read: %w", err)
	}
	return nil
}
