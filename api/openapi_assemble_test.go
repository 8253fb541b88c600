package api

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
)

// themed are the parts of the document to which every theme adds: its paths, and
// its components by their kind. Everything else stands in info.yaml.
var themed = []string{"paths", "components/securitySchemes", "components/headers", "components/parameters", "components/responses", "components/schemas"}

// entry is the first line of a path or of a component.
var entry = regexp.MustCompile(`^ +([^ #:][^:]*):`)

// assemble makes one document of the theme files in a folder. It works on lines,
// so that remarks and the order of members stay as they were written.
func assemble(folder string) ([]byte, error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	var document bytes.Buffer
	parts := map[string]*bytes.Buffer{}
	for _, part := range themed {
		parts[part] = &bytes.Buffer{}
	}
	seen := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if filepath.Base(file) == "info.yaml" {
			document.Write(text)
			continue
		}
		if err := sortIn(parts, seen, filepath.Base(file), text); err != nil {
			return nil, err
		}
	}
	document.WriteString("paths:\n" + parts["paths"].String() + "components:\n")
	for _, part := range themed[1:] {
		document.WriteString("  " + filepath.Base(part) + ":\n" + parts[part].String())
	}
	return document.Bytes(), nil
}

// sortIn adds the lines of a theme to the parts they belong to. A path or a
// component that is there twice would silently win over the first.
func sortIn(parts map[string]*bytes.Buffer, seen map[string]string, file string, text []byte) error {
	part, indent := "", 0
	for n, line := range bytes.SplitAfter(text, []byte("\n")) {
		switch m := entry.FindSubmatch(line); {
		case len(line) == 0:
			continue
		case bytes.Equal(line, []byte("paths:\n")):
			part, indent = "paths", 2
			continue
		case bytes.Equal(line, []byte("components:\n")):
			part, indent = "components", 4
			continue
		case m != nil && indent == 4 && leading(line) == 2:
			part = "components/" + string(m[1])
			continue
		case m != nil && leading(line) == indent:
			name := part + "/" + string(m[1])
			if other, ok := seen[name]; ok {
				return fmt.Errorf("%s has %s, which %s has too", file, name, other)
			}
			seen[name] = file
		}
		if parts[part] == nil {
			return fmt.Errorf("%s:%d is in no part that a theme may have; these are %v", file, n+1, slices.Sorted(maps.Keys(parts)))
		}
		parts[part].Write(line)
	}
	return nil
}

func leading(line []byte) int { return len(line) - len(bytes.TrimLeft(line, " ")) }
