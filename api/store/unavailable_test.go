package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestDatabaseThatIsAwayIsToldFromOneThatRefuses(t *testing.T) {
	_, unreachable := Open(t.Context(), "postgres://skuld@127.0.0.1:1/skuld")
	for name, c := range map[string]struct {
		err  error
		want bool
	}{
		"nobody there":      {unreachable, true},
		"a broken session":  {driver.ErrBadConn, true},
		"a closed one":      {sql.ErrConnDone, true},
		"a server's end":    {&pgconn.PgError{Code: "57P01"}, true},
		"a server's start":  {&pgconn.PgError{Code: "57P03"}, true},
		"a lost connection": {&pgconn.PgError{Code: "08006"}, true},
		"a copy":            {&pgconn.PgError{Code: "25006"}, true},
		"a successor":       {errReplaced, true},
		"its own end":       {errClosed, true},
		"a fault of ours":   {&pgconn.PgError{Code: "42601"}, false},
		"what is there":     {&pgconn.PgError{Code: "23505"}, false},
		"no row":            {sql.ErrNoRows, false},
		"a client's leave":  {context.Canceled, false},
		"anything else":     {errors.New("disk full"), false},
		"nothing":           {nil, false},
	} {
		err := c.err
		if err != nil {
			err = fmt.Errorf("writing: %w", err)
		}
		if Unavailable(err) != c.want {
			t.Errorf("%s (%v) is told as %t", name, err, !c.want)
		}
	}
}
