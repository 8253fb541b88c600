package desk

import (
	"fmt"
	"strings"
)

// RouteOf is a route as the tests see it.
type RouteOf struct {
	Method, Pattern string
	Open, Member    bool
	Roles           []string
}

func (r RouteOf) String() string {
	who := strings.Join(r.Roles, " ")
	switch {
	case r.Open:
		who = "everybody"
	case r.Member:
		who = "whoever is signed in"
	}
	return fmt.Sprintf("%-4s %-44s %s", r.Method, r.Pattern, who)
}

// AllRoutes lists the table of pages.
func AllRoutes() []RouteOf {
	var all []RouteOf
	for _, r := range routes() {
		one := RouteOf{Method: r.method, Pattern: r.pattern, Open: r.open, Member: r.member}
		for _, role := range r.roles {
			one.Roles = append(one.Roles, string(role))
		}
		all = append(all, one)
	}
	return all
}
