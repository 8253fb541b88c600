package store

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// stopping are the SQLSTATEs of a server that has no time for anybody: it stops,
// or has crashed, or is starting, or has become a copy that nobody may write to.
var stopping = []string{"57P01", "57P02", "57P03", "25006", "53300"}

// connectionException is the class of SQLSTATEs of connections that broke.
const connectionException = "08"

// Unavailable says that an error is one of the way to the database, or of the
// server while another one takes its place: the same may succeed soon, here or at
// the gateway that has taken over. A file is always there.
func Unavailable(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return slices.Contains(stopping, e.Code) || strings.HasPrefix(e.Code, connectionException)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	for _, broken := range []error{
		driver.ErrBadConn, sql.ErrConnDone, io.ErrUnexpectedEOF, net.ErrClosed, ErrInUse, errReplaced, errClosed,
	} {
		if errors.Is(err, broken) {
			return true
		}
	}
	return false
}
