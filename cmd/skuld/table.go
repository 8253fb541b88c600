package main

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// table is rows under headings, for people. Columns are as wide as their
// widest cell, counted in characters.
type table struct{ rows [][]string }

func newTable(headings ...string) *table { return &table{rows: [][]string{headings}} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// write writes the table, or a sentence where it has no rows.
func (t *table) write(w io.Writer, empty string) {
	if len(t.rows) == 1 {
		fmt.Fprintln(w, empty)
		return
	}
	writeColumns(w, t.rows, "")
}

// facts are names and values, one a line; a fact without a value is left out.
type facts struct{ rows [][]string }

func newFacts() *facts { return &facts{} }

func (f *facts) add(name, value string) {
	if value != "" {
		f.rows = append(f.rows, []string{name, value})
	}
}

func (f *facts) write(w io.Writer) { writeColumns(w, f.rows, "") }

func writeColumns(w io.Writer, rows [][]string, indent string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(safe(cell)))
		}
	}
	for _, row := range rows {
		var line strings.Builder
		line.WriteString(indent)
		for i, cell := range row {
			text := safe(cell)
			line.WriteString(text)
			if i < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(text)+2))
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// safe takes away what could steer a terminal: names and texts come from other
// parties.
func safe(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf) {
			return ' '
		}
		return r
	}, s)
}

func mark(yes bool) string {
	if yes {
		return "yes"
	}
	return ""
}

// listed makes JSON write an empty list as [] and not as null.
func listed[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
