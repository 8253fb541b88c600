package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5"
)

// term is the time for which one gateway has the database. With SQLite it lasts
// as long as the process. With PostgreSQL the connection that holds the lock may
// break; where nobody else has had the database meanwhile, the term goes on.
type term struct {
	mu   sync.Mutex
	mark string // what this gateway wrote into meta when it began; "" before
	lost chan struct{}
	end  func() // closes lost, once
}

func newTerm() *term {
	t := &term{lost: make(chan struct{})}
	t.end = sync.OnceFunc(func() { close(t.lost) })
	return t
}

// begin marks the database as this gateway's.
func (t *term) begin(ctx context.Context, writer *sql.DB) error {
	mark := rand.Text()
	if err := setMeta(ctx, writer, metaTerm, mark); err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.mark = mark
	return nil
}

// errReplaced says that another gateway had the database since.
var errReplaced = errors.New("another gateway had the database meanwhile")

// take locks the database for a new connection of the writer, and ends the term
// where another gateway has the database or has had it: what this one knows of
// it, as how far the read model has come, may be wrong by now.
func (t *term) take(ctx context.Context, c *pgx.Conn) error {
	t.mu.Lock()
	mark := t.mark
	t.mu.Unlock()
	err := lockDatabase(ctx, c)
	if err == nil && mark != "" {
		err = requireMark(ctx, c, mark)
	}
	if mark != "" && (errors.Is(err, ErrInUse) || errors.Is(err, errReplaced)) {
		t.end()
	}
	if err != nil {
		err = errors.Join(err, c.Close(ctx)) // nobody else does, as the pool never had it
	}
	return err
}

func requireMark(ctx context.Context, c *pgx.Conn, mark string) error {
	var is string
	if err := c.QueryRow(ctx, "SELECT value FROM meta WHERE name = $1", metaTerm).Scan(&is); err != nil {
		return fmt.Errorf("asking who had the database: %w", err)
	}
	if is != mark {
		return errReplaced
	}
	return nil
}
