package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

const (
	// memoryName is the file, beside the profiles, with what was made for the desk.
	memoryName = "desk.json"
	// maxMemory bounds it.
	maxMemory = 1 << 20
)

// memory is what was done already, so that who is interrupted goes on and who has done
// everything does nothing again. It may be used by many callers at a time.
type memory struct {
	path string
	mu   sync.Mutex
	kept remembered
}

type remembered struct {
	Network string            `json:"network"` // its digest; what was done on another one counts for nothing
	Steps   map[string]string `json:"steps"`   // what each step gave: an id, an address
}

// recall reads what was done on a network.
func recall(dir, network string) (*memory, error) {
	m := &memory{path: filepath.Join(dir, memoryName)}
	text, err := os.ReadFile(m.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("reading what was made before: %w", err)
	default:
		if err := json.Unmarshal(text[:min(len(text), maxMemory)], &m.kept); err != nil {
			return nil, fmt.Errorf("reading %s: %w", m.path, err)
		}
	}
	if m.kept.Network != network || m.kept.Steps == nil {
		m.kept = remembered{Network: network, Steps: map[string]string{}}
	}
	return m, nil
}

// of gives what a step gave; "" where it was not done.
func (m *memory) of(step string) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.kept.Steps[step]
}

// done says whether a step was done.
func (m *memory) done(step string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, done := m.kept.Steps[step]
	return done
}

// once does a step unless it was done, and gives what it gave.
func (m *memory) once(step string, do func() (string, error)) (string, error) {
	if m.done(step) {
		return m.of(step), nil
	}
	given, err := do()
	if err != nil {
		return "", fmt.Errorf("%s: %w", step, err)
	}
	return given, m.keep(step, given)
}

// keep writes down that a step was done.
func (m *memory) keep(step, given string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept.Steps[step] = given
	text, err := json.MarshalIndent(m.kept, "", " ")
	if err == nil {
		// It gets its name when it is whole.
		err = os.WriteFile(m.path+".part", text, 0o600)
	}
	if err == nil {
		err = os.Rename(m.path+".part", m.path)
	}
	if err != nil {
		return fmt.Errorf("writing down what was made: %w", err)
	}
	return nil
}
