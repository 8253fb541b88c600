package casebook

import (
	"fmt"
	"strings"
)

// conditions are those of a query that chooses by what is given. Values stand in the
// arguments and never in the text.
type conditions struct{ all []string }

func (c *conditions) add(condition string) { c.all = append(c.all, condition) }

// equal asks for a value of a column, unless the value is empty, and gives the
// arguments with it.
func (c *conditions) equal(args []any, column, value string) []any {
	if value == "" {
		return args
	}
	args = append(args, value)
	c.add(fmt.Sprintf("%s = $%d", column, len(args)))
	return args
}

func (c *conditions) sql() string {
	if len(c.all) == 0 {
		return ""
	}
	return "WHERE " + strings.Join(c.all, " AND ")
}
