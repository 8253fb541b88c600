package store_test

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/store"
)

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

func TestServerOnAnotherMachineMustProveWhoItIs(t *testing.T) {
	const refusal = "must prove who it is"
	ended, cancel := context.WithCancel(t.Context())
	cancel() // what is not refused is not connected to either
	for address, refused := range map[string]bool{
		"postgres://skuld@db.example/skuld":                              true,
		"postgres://skuld@db.example/skuld?sslmode=disable":              true,
		"postgres://skuld@db.example/skuld?sslmode=prefer":               true,
		"postgres://skuld@db.example/skuld?sslmode=require":              true,
		"postgres://skuld@192.0.2.1/skuld":                               true,
		"postgres://skuld@localhost,db.example/skuld":                    true,
		"postgres://skuld@db.example/skuld?sslmode=verify-ca":            false,
		"postgres://skuld@db.example/skuld?sslmode=verify-full":          false,
		"postgres://skuld@a.example,b.example/skuld?sslmode=verify-full": false,
		"postgres://skuld@localhost/skuld":                               false,
		"postgres://skuld@127.0.0.1/skuld":                               false,
		"postgres://skuld@[::1]/skuld":                                   false,
		"postgres:///skuld?host=/var/run/postgresql":                     false,
		"postgres:///skuld?host=/var/run/postgresql&sslmode=disable":     false,
		"postgres:///skuld?host=db.example&sslmode=disable":              true,
		"postgresql://skuld@db.example/skuld?sslmode=allow":              true,
	} {
		t.Run(address, func(t *testing.T) {
			_, err := store.Open(ended, address)
			if err == nil {
				t.Fatal("it is opened")
			}
			if is := strings.Contains(err.Error(), refusal); is != refused {
				t.Errorf("the error is %v", err)
			}
		})
	}
}
