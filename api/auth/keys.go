package auth

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jws"

	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/sign"
)

// The life of a signing key. All of it follows from when the keys were made, so
// that nothing but the keys themselves needs to be kept, and a restart at any
// moment changes nothing.
const (
	// KeyLead is how long a new key is published before it signs. It is longer
	// than anybody keeps the published keys (see JWKSAge).
	KeyLead = time.Hour
	// KeyPeriod is how long after a key was made the next one is.
	KeyPeriod = 90 * 24 * time.Hour
	// KeyOverlap is how long a key is published after its successor has begun to
	// sign: longer than a webhook is tried again. Its tokens are taken for no longer
	// than one lives (TokenLife): who has stolen it can make tokens in any name.
	KeyOverlap = 7 * 24 * time.Hour
	// JWKSAge is how long the published keys may be kept by who reads them.
	JWKSAge = 15 * time.Minute

	maxKeys  = 16          // in the folder
	tendTime = time.Minute // between two looks at the folder
	keyStamp = "20060102T150405Z"
)

// ErrKeyWaits says that the newest key is not older than KeyLead.
var ErrKeyWaits = errors.New("the newest token key has just been made")

// signingKey is a key with the moment from which the rest of its life follows.
type signingKey struct {
	file    string
	made    time.Time
	private *ecdsa.PrivateKey
	public  ledger.Key
}

// Keys are the gateway's own keys: they sign its access tokens and what it sends
// to others' addresses. They are replaced without a moment in which something
// that was signed cannot be verified. They may be used by many callers at a time.
type Keys struct {
	folder string
	clock  func() time.Time
	log    *slog.Logger

	mu  sync.RWMutex
	all []signingKey // the oldest first; never empty
}

// OpenKeys reads the keys in a folder, and makes the first where there is none.
// It refuses a key that others than its owner may read. log may be nil.
func OpenKeys(folder string, clock func() time.Time, log *slog.Logger) (*Keys, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the token keys: %w", err)
	}
	k := &Keys{folder: folder, clock: clock, log: log}
	if err := k.Tend(); err != nil {
		return nil, err
	}
	return k, nil
}

// Tend reads the folder again, makes a new key where one is due, and removes
// those whose time is over.
func (k *Keys) Tend() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	all, err := k.read()
	if err != nil {
		return err
	}
	now := k.clock()
	if len(all) == 0 || !now.Before(all[len(all)-1].made.Add(KeyPeriod)) {
		made, err := k.make(now)
		if err != nil {
			return err
		}
		all = append(all, made)
	}
	// The old ones are set aside before their files go: a file that cannot be
	// removed is tried again next time, and verifies nothing meanwhile.
	ended := endedKeys(all, now)
	k.all = all[ended:]
	for _, old := range all[:ended] {
		if err := os.Remove(old.file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing a token key: %w", err)
		}
		logEvent(k.log, EventKeyRemoved, slog.String("kid", old.public.ID))
	}
	return nil
}

// Run tends the keys until ctx ends.
func (k *Keys) Run(ctx context.Context) {
	tick := time.NewTicker(tendTime)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := k.Tend(); err != nil {
				k.log.Error("the token keys cannot be tended", "error", err)
			}
		}
	}
}

// Rotate makes a new key now, which signs after KeyLead. A gateway that runs
// finds it in the folder. It gives ErrKeyWaits where there is one as new already.
func (k *Keys) Rotate() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := k.clock()
	if now.Before(k.all[len(k.all)-1].made.Add(KeyLead)) {
		return ErrKeyWaits
	}
	if len(k.all) >= maxKeys {
		return fmt.Errorf("there are %d token keys already", len(k.all))
	}
	made, err := k.make(now)
	if err != nil {
		return err
	}
	k.all = append(k.all, made)
	return nil
}

// endedKeys gives how many keys, from the oldest, verify nothing any more.
func endedKeys(all []signingKey, now time.Time) int {
	ended := 0
	for i := 1; i < len(all); i++ {
		if !now.Before(all[i].made.Add(KeyLead + KeyOverlap)) {
			ended = i
		}
	}
	return ended
}

// signer gives the key that signs: the newest that has been published for long
// enough, or the oldest where none has.
func (k *Keys) signer() signingKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	now := k.clock()
	for _, one := range slices.Backward(k.all) {
		if !now.Before(one.made.Add(KeyLead)) {
			return one
		}
	}
	return k.all[0]
}

// forTokens gives the key of an id, where a token that it signed may still live.
func (k *Keys) forTokens(id string) (ledger.Key, bool) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	i := slices.IndexFunc(k.all, func(one signingKey) bool { return one.public.ID == id })
	if i < 0 {
		return ledger.Key{}, false
	}
	if next := i + 1; next < len(k.all) && !k.clock().Before(k.all[next].made.Add(KeyLead+TokenLife)) {
		return ledger.Key{}, false
	}
	return k.all[i].public, true
}

// Sign signs a payload as a compact JWS with a typ, which must tell it from all
// else that the gateway signs (RFC 8725 par. 3.11).
func (k *Keys) Sign(payload []byte, typ string) (string, error) {
	key := k.signer()
	headers := jws.NewHeaders()
	for name, value := range map[string]string{jws.TypeKey: typ, jws.KeyIDKey: key.public.ID} {
		if err := headers.Set(name, value); err != nil {
			return "", fmt.Errorf("writing the header of a signature: %w", err)
		}
	}
	signed, err := jws.Sign(payload, jws.WithKey(jwa.ES256, key.private, jws.WithProtectedHeaders(headers)))
	if err != nil {
		return "", fmt.Errorf("signing with the gateway's key: %w", err)
	}
	return string(signed), nil
}

// JWKS is a set of public keys (RFC 7517 par. 5).
type JWKS struct {
	Keys []JWK `json:"keys"`
}

// JWK is a public key with what it is for (RFC 7517 par. 4).
type JWK struct {
	ledger.Key
	Use string `json:"use,omitempty"`
	Alg string `json:"alg,omitempty"`
}

// Public gives the public keys, the newest first, also of those that do not sign
// yet or any more.
func (k *Keys) Public() JWKS {
	k.mu.RLock()
	defer k.mu.RUnlock()
	set := JWKS{Keys: make([]JWK, 0, len(k.all))}
	for _, one := range slices.Backward(k.all) {
		set.Keys = append(set.Keys, JWK{Key: one.public, Use: "sig", Alg: Algorithm(one.public)})
	}
	return set
}

// make makes a key and its file, whose name says when.
func (k *Keys) make(now time.Time) (signingKey, error) {
	private, err := makeKey()
	if err != nil {
		return signingKey{}, err
	}
	public, err := sign.KeyOf(private.Public())
	if err != nil {
		return signingKey{}, fmt.Errorf("making a token key: %w", err)
	}
	made := now.UTC().Truncate(time.Second)
	file := filepath.Join(k.folder, made.Format(keyStamp)+"-"+public.ID[:8]+".pem")
	if err := writeKey(file, private); err != nil {
		return signingKey{}, err
	}
	logEvent(k.log, EventKeyMade, slog.String("kid", public.ID))
	return signingKey{file: file, made: made, private: private, public: public}, nil
}

// read reads the keys in the folder, the oldest first.
func (k *Keys) read() ([]signingKey, error) {
	files, err := filepath.Glob(filepath.Join(k.folder, "*.pem"))
	if err != nil {
		return nil, fmt.Errorf("reading the token keys: %w", err)
	}
	if len(files) > maxKeys {
		return nil, fmt.Errorf("the folder %s holds %d token keys; the limit is %d", k.folder, len(files), maxKeys)
	}
	all := make([]signingKey, 0, len(files))
	for _, file := range files {
		name := filepath.Base(file)
		made, err := time.Parse(keyStamp, name[:min(len(name), len(keyStamp))])
		if err != nil {
			return nil, fmt.Errorf("the name of the token key %s does not begin with when it was made", file)
		}
		private, err := readKey(file)
		if err != nil {
			return nil, err
		}
		public, err := sign.KeyOf(private.Public())
		if err != nil {
			return nil, fmt.Errorf("reading the token key %s: %w", file, err)
		}
		all = append(all, signingKey{file: file, made: made, private: private, public: public})
	}
	slices.SortFunc(all, func(a, b signingKey) int {
		if n := a.made.Compare(b.made); n != 0 {
			return n
		}
		return cmp.Compare(a.public.ID, b.public.ID)
	})
	return all, nil
}
