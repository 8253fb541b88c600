package auth_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/api/auth"
)

// clock is a time that a test moves.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

func openKeys(t testing.TB, folder string, c *clock) *auth.Keys {
	t.Helper()
	k, err := auth.OpenKeys(folder, c.Now, nil)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// signedBy gives the id of the key that signs now, after verifying its signature
// with the published one.
func signedBy(t *testing.T, k *auth.Keys) string {
	t.Helper()
	token, err := k.Sign([]byte("payload"), "test+jws")
	if err != nil {
		t.Fatal(err)
	}
	message, err := jws.ParseString(token)
	if err != nil {
		t.Fatal(err)
	}
	id := message.Signatures()[0].ProtectedHeaders().KeyID()
	for _, public := range k.Public().Keys {
		if public.ID != id {
			continue
		}
		key, err := jwk.ParseKey([]byte(text(t, public)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := jws.Verify([]byte(token), jws.WithKey(jwa.ES256, key)); err != nil {
			t.Error(err)
		}
		return id
	}
	t.Fatalf("the key %s signs and is not published", id)
	return ""
}

func published(k *auth.Keys) []string {
	var ids []string
	for _, key := range k.Public().Keys {
		ids = append(ids, key.ID)
	}
	return ids
}

// TestKeyIsReplacedWithoutAMomentThatCannotVerify follows a rotation through
// restarts: each row is the same folder, opened anew at a later time.
func TestKeyIsReplacedWithoutAMomentThatCannotVerify(t *testing.T) {
	folder, c := t.TempDir(), &clock{now: noon}
	first := signedBy(t, openKeys(t, folder, c)) // the only key signs at once
	steps := []struct {
		name      string
		after     time.Duration // since the step before
		published int
		signer    string
	}{
		{"before the period's end", auth.KeyPeriod - time.Second, 1, "first"},
		{"a second key is published and does not sign", time.Second, 2, "first"},
		{"just before it signs", auth.KeyLead - time.Second, 2, "first"},
		{"it signs, and the first verifies on", time.Second, 2, "second"},
		{"as long as what it signed may live", auth.KeyOverlap - time.Second, 2, "second"},
		{"then the first is gone", time.Second, 1, "second"},
	}
	for _, s := range steps {
		c.advance(s.after)
		k := openKeys(t, folder, c)
		if got := published(k); len(got) != s.published {
			t.Errorf("%s: %d keys are published, want %d", s.name, len(got), s.published)
		}
		if signer := signedBy(t, k); (signer == first) != (s.signer == "first") {
			t.Errorf("%s: the %s key does not sign", s.name, s.signer)
		}
	}
	if left, err := filepath.Glob(filepath.Join(folder, "*")); err != nil || len(left) != 1 {
		t.Errorf("the folder holds %v (%v), want the second key alone", left, err)
	}
}

func TestKeyThatIsMadeByHandIsFoundByAGatewayThatRuns(t *testing.T) {
	folder, c := t.TempDir(), &clock{now: noon}
	running := openKeys(t, folder, c)
	first := signedBy(t, running)
	c.advance(auth.KeyLead)
	if err := openKeys(t, folder, c).Rotate(); err != nil {
		t.Fatal(err)
	}
	if err := openKeys(t, folder, c).Rotate(); !errors.Is(err, auth.ErrKeyWaits) {
		t.Errorf("a second time at once gives %v, want %v", err, auth.ErrKeyWaits)
	}
	if err := running.Tend(); err != nil {
		t.Fatal(err)
	}
	if got := published(running); len(got) != 2 || signedBy(t, running) != first {
		t.Errorf("%v are published, and the first does not sign on", got)
	}
	c.advance(auth.KeyLead)
	if signedBy(t, running) == first {
		t.Error("the new key does not sign when its time has come")
	}
}

func TestKeyFilesAreForTheirOwnerOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "keys")
	openKeys(t, folder, &clock{now: noon})
	files, err := filepath.Glob(filepath.Join(folder, "*.pem"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the folder holds %v, %v", files, err)
	}
	for name, want := range map[string]fs.FileMode{folder: 0o700, files[0]: 0o600} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, want mode %v", info, err, want)
		}
	}
}

// TestKeyThatAnAdministratorMakesIsTheGateways: it runs as a user of its own.
func TestKeyThatAnAdministratorMakesIsTheGateways(t *testing.T) {
	const gateway = 61184 // the first of those that systemd gives to dynamic users
	folder, c := t.TempDir(), &clock{now: noon}
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away: run the test as root")
	}
	if err := os.Chown(folder, gateway, gateway); err != nil {
		t.Fatal(err)
	}
	openKeys(t, folder, c)
	files, err := filepath.Glob(filepath.Join(folder, "*.pem"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	info, err := os.Stat(files[0])
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t); owner.Uid != gateway || owner.Gid != gateway || info.Mode().Perm() != 0o600 {
		t.Errorf("the key belongs to %d:%d with mode %v", owner.Uid, owner.Gid, info.Mode())
	}
}

func TestKeyFileRefused(t *testing.T) {
	made := t.TempDir()
	openKeys(t, made, &clock{now: noon})
	files, err := filepath.Glob(filepath.Join(made, "*.pem"))
	if err != nil || len(files) != 1 {
		t.Fatal(files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(files[0])
	for _, tc := range []struct {
		name, file, want string
		text             []byte
		mode             fs.FileMode
	}{
		{"readable by the group", name, "chmod 600", text, 0o640},
		{"readable by all", name, "chmod 600", text, 0o604},
		{"empty", name, "PEM", nil, 0o600},
		{"not PEM", name, "PEM", []byte("key"), 0o600},
		{"another PEM block", name, "PEM", bytes.ReplaceAll(text, []byte("PRIVATE KEY"), []byte("CERTIFICATE")), 0o600},
		{"cut off", name, "PEM", text[:len(text)/2], 0o600},
		{"too long", name, "longer", append(bytes.Clone(text), strings.Repeat("\n", 8<<10)...), 0o600},
		{"without a time in its name", "key.pem", "when it was made", text, 0o600},
	} {
		t.Run(tc.name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, tc.file)
			if err := os.WriteFile(file, tc.text, tc.mode); err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(file, tc.mode); err != nil {
				t.Fatal(err)
			}
			if _, err := auth.OpenKeys(folder, (&clock{now: noon}).Now, nil); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want an error with %q", err, tc.want)
			}
		})
	}
}
