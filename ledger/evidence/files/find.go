package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/skuld-registry/skuld/ledger/evidence"
)

// Stdin as a path means what comes on the standard input.
const Stdin = "-"

// MaxFiles bounds the files of one run.
const MaxFiles = 1_000_000

// endings are those of the files that are looked for in folders.
var endings = []string{".json", ".html"}

// errMany says that a run has more files than MaxFiles.
var errMany = fmt.Errorf("more than %d files", MaxFiles)

// found gives the files that paths name, and in folders those with a fitting
// ending, folder by folder in the order of their names. A path that cannot be read
// comes with its error.
func found(paths []string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		count := 0
		give := func(path string, err error) bool {
			if count++; count > MaxFiles {
				yield(path, errMany)
				return false
			}
			return yield(path, err)
		}
		for _, path := range paths {
			if path == Stdin {
				if !give(path, nil) {
					return
				}
				continue
			}
			err := filepath.WalkDir(path, func(file string, e fs.DirEntry, err error) error {
				switch {
				case err == nil && e.IsDir():
					return nil
				case err == nil && file != path && !fits(file):
					return nil
				case err == nil && file != path:
					err = regular(file)
				}
				if !give(file, err) {
					return fs.SkipAll
				}
				return nil
			})
			if err != nil || count > MaxFiles {
				return // the walk gives its errors to the function
			}
		}
	}
}

// regular refuses what is no plain file, nor a link to one: whoever opens a named
// pipe that lies in a folder waits for ever for its other end.
func regular(file string) error {
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a regular file")
	}
	return err
}

func fits(file string) bool {
	for _, e := range endings {
		if strings.EqualFold(filepath.Ext(file), e) {
			return true
		}
	}
	return false
}

// read reads a file that is no longer than evidence may be.
func read(path string, stdin io.Reader) ([]byte, error) {
	in := stdin
	if path != Stdin {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, evidence.MaxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > evidence.MaxFileBytes {
		return nil, fmt.Errorf("it is longer than %d bytes", evidence.MaxFileBytes)
	}
	return raw, nil
}

// Limits on a file of trusted networks.
const (
	maxTrustBytes = 64 << 10
	digestLength  = 64
)

// ReadTrust reads the digests of the networks that somebody trusts: one on each
// line in hex; what follows a # is a remark.
func ReadTrust(path string) ([]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the trusted networks: %w", err)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxTrustBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the trusted networks: %w", err)
	}
	if len(raw) > maxTrustBytes {
		return nil, fmt.Errorf("reading the trusted networks: %s is longer than %d bytes", path, maxTrustBytes)
	}
	var all []string
	for line := range strings.Lines(string(raw)) {
		digest, _, _ := strings.Cut(line, "#")
		if digest = strings.TrimSpace(digest); digest == "" {
			continue
		}
		if err := CheckDigest(digest); err != nil {
			return nil, fmt.Errorf("reading the trusted networks in %s: %w", path, err)
		}
		all = append(all, digest)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("reading the trusted networks: %s names none", path)
	}
	return all, nil
}

// CheckDigest says whether a text is a network's digest.
func CheckDigest(text string) error {
	if len(text) != digestLength || strings.Trim(text, "0123456789abcdef") != "" {
		return errors.New("a network's digest is 64 characters of lower-case hex")
	}
	return nil
}
