package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxConfigBytes bounds a configuration file.
const maxConfigBytes = 256 << 10

// configFile remembers where each key of a configuration file stands, so that a
// fault can name its line.
type configFile struct {
	path  string
	lines map[string]int // by dotted key, as in limits.party.burst
}

// read lays a file over the configuration. A key that is not known is a fault: it
// may be one that was meant to protect something. All such faults come at once.
func (c *config) read(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading the configuration: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxConfigBytes+1))
	if err != nil {
		return fmt.Errorf("reading the configuration %s: %w", path, err)
	}
	if len(text) > maxConfigBytes {
		return fmt.Errorf("reading the configuration %s: it is larger than %d bytes", path, maxConfigBytes)
	}
	c.file = configFile{path: path, lines: map[string]int{}}
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(c); err != nil && !errors.Is(err, io.EOF) { // a file of remarks only is an empty one
		return fmt.Errorf("reading the configuration %s:\n%w", path, plain(err))
	}
	if err := d.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the configuration %s: it holds more than one document", path)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return fmt.Errorf("reading the configuration %s: %w", path, err)
	}
	for _, document := range root.Content {
		c.file.note("", document)
	}
	return nil
}

// plain says what is wrong in the words of who writes the file, not in Go's.
func plain(err error) error {
	faults, ok := errors.AsType[*yaml.TypeError](err)
	if !ok {
		return err
	}
	var all []error
	for _, text := range faults.Errors {
		if before, _, found := strings.Cut(text, " not found in type "); found {
			text = strings.Replace(before, "field ", "there is no key ", 1)
		}
		all = append(all, errors.New("  "+text))
	}
	return errors.Join(all...)
}

// note notes the lines of a mapping's keys, and of those in it.
func (f *configFile) note(above string, n *yaml.Node) {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := above + n.Content[i].Value
			f.lines[key] = n.Content[i].Line
			f.note(key+".", n.Content[i+1])
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			key := fmt.Sprintf("%s[%d]", strings.TrimSuffix(above, "."), i)
			f.lines[key] = item.Line
			f.note(key+".", item)
		}
	}
}

// name says where a key's value comes from: its line in the file, or the command
// line, whose flags have the same names.
func (f *configFile) name(key string) string {
	if line, ok := f.lines[key]; ok {
		return fmt.Sprintf("%s:%d: %s", f.path, line, key)
	}
	return "-" + key
}
