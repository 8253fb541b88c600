package store

import (
	"context"
	"crypto/tls"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresReaders bounds the connections that read.
const postgresReaders = 8

// connectTime bounds the making of one connection.
const connectTime = 5 * time.Second

// writerLock is the key of the advisory lock that the writer's connection holds:
// "skuld" in ASCII. Such locks are of one database, so that every organisation
// has its own.
const writerLock = 0x736b756c64

func isPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// Redacted gives an address as it may stand in a log: without the password.
func Redacted(address string) string {
	if !isPostgres(address) {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return "postgres://…" // whatever stands there instead of an address may be a secret
	}
	q := u.Query()
	for name := range q {
		if strings.Contains(name, "password") { // password, sslpassword
			q.Set(name, "xxxxx")
		}
	}
	u.RawQuery = q.Encode()
	return u.Redacted()
}

func parsePostgres(address string) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		// The cause quotes the address, and the address may hold a password.
		return nil, errors.New("reading the address of the database: want postgres://user@host/database and settings that PostgreSQL knows")
	}
	config.ConnectTimeout = connectTime
	if !protected(config.Host, config.TLSConfig) {
		return nil, errUnprotected
	}
	for _, f := range config.Fallbacks { // other hosts, and other ways to the same
		if !protected(f.Host, f.TLSConfig) {
			return nil, errUnprotected
		}
	}
	return config, nil
}

// errUnprotected says that personal data would go where others may read it: the
// default of PostgreSQL's clients goes on without TLS where the server has none.
var errUnprotected = errors.New("reading the address of the database: a server on another machine must prove who it is: set sslmode=verify-full")

// protected says whether a connection stays on this machine, or is encrypted to a
// server that is asked for its certificate.
func protected(host string, c *tls.Config) bool {
	if ip := net.ParseIP(host); strings.HasPrefix(host, "/") || host == "localhost" || ip != nil && ip.IsLoopback() {
		return true
	}
	return c != nil && (!c.InsecureSkipVerify || c.VerifyPeerCertificate != nil)
}

func connectPostgres(ctx context.Context, address string) (*Store, error) {
	config, err := parsePostgres(address)
	if err != nil {
		return nil, err
	}
	t := newTerm()
	s := &Store{
		term:   t,
		writer: openPostgres(config, nil, 1, stdlib.OptionAfterConnect(t.take)),
		// A list is planned with the values that are asked for: planned without them,
		// PostgreSQL takes a page for a tenth of the table and sorts it all.
		reader: openPostgres(config, map[string]string{
			"default_transaction_read_only": "on", "plan_cache_mode": "force_custom_plan",
		}, postgresReaders),
	}
	if err := s.writer.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connecting to the database %s: %w", Redacted(address), err), s.disconnect())
	}
	return s, nil
}

// openPostgres opens a pool whose sessions have some settings.
func openPostgres(c *pgx.ConnConfig, settings map[string]string, connections int, options ...stdlib.OptionOpenDB) *sql.DB {
	c = c.Copy()
	maps.Copy(c.RuntimeParams, settings)
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "skuld-gateway"
	}
	db := stdlib.OpenDB(*c, options...)
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	return db
}

// lockTime is how long a connection waits for the lock. The server may need a
// moment to notice that the connection before this one is gone.
const lockTime = 2 * time.Second

// lockNotAvailable is the SQLSTATE of a lock that was not had in time.
const lockNotAvailable = "55P03"

// lockDatabase takes the right to write for a connection, as long as it lasts.
// Every connection of the writer does so: one that was lost comes back only
// where no other gateway has taken over meanwhile, and a gateway that was cut
// off cannot write behind its successor's back. It needs a connection of its
// own to the server: a pooler that lends sessions to several clients breaks it.
func lockDatabase(ctx context.Context, c *pgx.Conn) error {
	var commit, encoding string
	err := c.QueryRow(ctx, "SELECT current_setting('synchronous_commit'), current_setting('server_encoding')").Scan(&commit, &encoding)
	switch {
	case err != nil:
		return fmt.Errorf("asking for the settings of the database: %w", err)
	case commit == "off":
		// See openSQLite: what was answered must outlast a power cut.
		return errors.New("the database answers before a commit is on the disk: set synchronous_commit to on")
	case encoding != "UTF8":
		return fmt.Errorf("the database keeps text in %s: make it with ENCODING 'UTF8'", encoding)
	}
	if _, err := c.Exec(ctx, fmt.Sprintf("SET lock_timeout = %d", lockTime.Milliseconds())); err != nil {
		return fmt.Errorf("bounding the wait for the lock: %w", err)
	}
	_, err = c.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(writerLock))
	if refused, is := errors.AsType[*pgconn.PgError](err); is && refused.Code == lockNotAvailable {
		return ErrInUse
	}
	if err != nil {
		return fmt.Errorf("locking the database: %w", err)
	}
	if _, err := c.Exec(ctx, "RESET lock_timeout"); err != nil {
		return fmt.Errorf("unbounding the waits for other locks: %w", err)
	}
	return nil
}
