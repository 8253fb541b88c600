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

// among is the condition that a column has one of some values, at least one, with the
// arguments that it stands for. They are the first of the query.
func among[T ~string](values []T) (condition string, args []any) {
	places := make([]string, len(values))
	for i, id := range values {
		places[i] = fmt.Sprintf("$%d", i+1)
		args = append(args, string(id))
	}
	return " IN (" + strings.Join(places, ", ") + ")", args
}
