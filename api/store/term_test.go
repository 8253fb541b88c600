package store_test

import (
	"errors"
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
			if err := use(t, old); !store.Unavailable(err) {
				t.Errorf("it still writes, or blames itself: %v", err)
			}
			select {
			case <-old.Lost():
			default:
				t.Error("it does not know that the database is lost")
			}
		})
	}
}
