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
	"syscall"
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
	// maxFolderFiles bounds the files that are looked at in one go.
	maxFolderFiles = 1000
	// maxKeptName bounds what is kept of a file's name, in bytes: a time stands before
	// it, and no file system takes more than 255.
	maxKeptName = 200
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
// changes nothing. One that cannot be taken holds the others up for nothing.
func (d *Desk) LookInFolder(ctx context.Context, f *Folder) (err error) {
	// Whoever may put files there may not lead out of it by a link.
	root, err := os.OpenRoot(f.Path)
	if err != nil {
		return fmt.Errorf("looking into the folder of bank files: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	all, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return fmt.Errorf("looking into the folder of bank files: %w", err)
	}
	now := map[string]look{}
	var failed error
	for _, file := range all {
		name := file.Name()
		if !file.Type().IsRegular() || strings.HasPrefix(name, ".") {
			continue
		}
		if len(now) == maxFolderFiles {
			break
		}
		info, err := file.Info()
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue // somebody took it away
		case err != nil:
			failed = errors.Join(failed, fmt.Errorf("looking at a bank file: %w", err))
			continue
		}
		now[name] = look{info.Size(), info.ModTime()}
		if f.seen[name] != now[name] {
			continue
		}
		failed = errors.Join(failed, d.takeFile(ctx, root, name))
	}
	f.seen = now
	return failed
}

// takeFile takes one file in and moves it out of the way.
func (d *Desk) takeFile(ctx context.Context, root *os.Root, name string) error {
	data, err := readFile(root, name)
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
	return moveFile(root, name, to, d.Clock())
}

// readFile reads as much of a file as a bank file may have, and a byte more. It waits
// for no pipe that was put in the place of the file.
func readFile(root *os.Root, name string) (data []byte, err error) {
	f, err := root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("opening a bank file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("looking at a bank file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("reading a bank file: it is a file no more")
	}
	if data, err = io.ReadAll(io.LimitReader(f, bankfile.MaxBytes+1)); err != nil {
		return nil, fmt.Errorf("reading a bank file: %w", err)
	}
	return data, nil
}

// moveFile moves a file into a folder beside it, under a name that no other has there.
func moveFile(root *os.Root, name, to string, now time.Time) error {
	const private = 0o700
	if err := root.MkdirAll(to, private); err != nil {
		return fmt.Errorf("making the folder for bank files that were read: %w", err)
	}
	kept := name[max(0, len(name)-maxKeptName):]
	target := filepath.Join(to, now.UTC().Format("20060102T150405.000000000")+"-"+kept)
	if err := root.Rename(name, target); err != nil {
		return fmt.Errorf("moving a bank file that was read: %w", err)
	}
	return nil
}
