package store_test

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/api/store"
)

func TestDatabaseIsOfOneGatewayAtATime(t *testing.T) {
	everywhere(t, func(t *testing.T, on database) {
		s, address := on.opened(t)
		if _, err := store.Open(t.Context(), address); !errors.Is(err, store.ErrInUse) {
			t.Fatalf("a second gateway gets %v, want ErrInUse", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		reopened(t, address)
	})
}

// cutOff ends the sessions of every gateway, as a server that restarts does.
func cutOff(t *testing.T, address string) {
	t.Helper()
	_, err := postgres.behind(t, address).ExecContext(t.Context(), `SELECT pg_terminate_backend(pid, 5000)
		FROM pg_stat_activity WHERE application_name = 'skuld-gateway' AND datname = current_database()`)
	if err != nil {
		t.Fatal(err)
	}
}

// use writes something; the first time after a connection broke may fail.
func use(t *testing.T, s *store.Store) error {
	t.Helper()
	var err error
	for _, jti := range []string{"first", "second"} {
		if _, err = s.Once(t.Context(), lender, jti, noon, noon.Add(time.Minute)); err == nil {
			return nil
		}
	}
	return err
}

func TestGatewayThatLostItsConnectionGoesOnWhereNobodyTookOver(t *testing.T) {
	s, address := postgres.opened(t)
	cutOff(t, address)
	if err := use(t, s); err != nil {
		t.Errorf("it cannot write: %v", err)
	}
	select {
	case <-s.Lost():
		t.Error("it says that the database is lost")
	default:
	}
	if _, err := store.Open(t.Context(), address); !errors.Is(err, store.ErrInUse) {
		t.Errorf("another gateway gets %v, want ErrInUse", err)
	}
}

func TestGatewayThatWasReplacedWritesNothingAnyMore(t *testing.T) {
	for name, gone := range map[string]bool{"while its successor works": false, "when its successor has gone": true} {
		t.Run(name, func(t *testing.T) {
			old, address := postgres.opened(t)
			cutOff(t, address)
			successor := reopened(t, address)
			if gone {
				if err := successor.Close(); err != nil {
					t.Fatal(err)
				}
			}
			if err := use(t, old); err == nil {
				t.Error("it still writes")
			}
			select {
			case <-old.Lost():
			default:
				t.Error("it does not know that the database is lost")
			}
		})
	}
}

func TestPasswordOfTheDatabaseIsInNoText(t *testing.T) {
	const secret = "s3cret"
	for _, address := range []string{
		"postgres://skuld:" + secret + "@127.0.0.1:1/skuld",
		"postgres://skuld@127.0.0.1:1/skuld?password=" + secret,
		"postgres://skuld:" + secret + "@127.0.0.1:1/skuld?sslmode=strange",
		"postgres://skuld:" + secret + "%zz@127.0.0.1/skuld",
		"postgres://skuld:" + secret + "@127.0.0.1:port/skuld",
	} {
		if text := store.Redacted(address); strings.Contains(text, secret) {
			t.Errorf("redacted, it is %s", text)
		}
		s, err := store.Open(t.Context(), address)
		if err == nil {
			t.Fatalf("%s is opened: %v", address, s.Close())
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error is %v", err)
		}
	}
}

// TestDatabaseThatWouldForgetOrGarbleIsRefused: what was answered must outlast a
// power cut, and names have letters of all kinds.
func TestDatabaseThatWouldForgetOrGarbleIsRefused(t *testing.T) {
	for setting, statement := range map[string]string{
		"synchronous_commit": "ALTER DATABASE %s SET synchronous_commit = off",
		"ENCODING":           "ALTER DATABASE %s RENAME TO %[1]s_utf8; CREATE DATABASE %[1]s ENCODING 'SQL_ASCII' TEMPLATE template0",
	} {
		t.Run(setting, func(t *testing.T) {
			address := postgres.address(t)
			u, err := url.Parse(address)
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimPrefix(u.Path, "/")
			u.Path = "/postgres"
			admin := postgres.behind(t, u.String())
			for one := range strings.SplitSeq(fmt.Sprintf(statement, name), "; ") {
				if _, err := admin.ExecContext(t.Context(), one); err != nil {
					t.Fatal(err)
				}
			}
			s, err := store.Open(t.Context(), address)
			if err == nil {
				t.Fatalf("it is opened: %v", s.Close())
			}
			if !strings.Contains(err.Error(), setting) {
				t.Errorf("the error is %v, and does not name %s", err, setting)
			}
		})
	}
}
