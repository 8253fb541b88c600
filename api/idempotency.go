package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// Idempotency keys (draft-ietf-httpapi-idempotency-key-header). A caller that
// does not know whether its write arrived sends it again with the same key, and
// gets the first answer.
//
// A key belongs to a party and an address, and stands for one request: method,
// address, condition and body. That is on the disk before the work begins. The
// answer is kept once it is final. While it is not, the same request may be made
// again with the key, and is then worked through again: signed commands are
// applied once by themselves, so that a gateway which was killed in the middle
// leaves nothing to repair.
const (
	keyHeader      = "Idempotency-Key"
	replayedHeader = "Idempotency-Replayed"

	// KeyLife is how long a key stands for its request.
	KeyLife = 24 * time.Hour

	maxKey = 255
	// maxKeptBody bounds the answers that are kept. It is more than the receipts
	// of maxBulk commands; a longer answer is made anew.
	maxKeptBody = 2 << 20
)

// keptHeaders are those of an answer that belong to it, and not to its exchange.
var keptHeaders = []string{"Content-Type", "Content-Language", "ETag", "Location"}

// once answers a write. With an idempotency key it does so once. A caller
// without a token has no scope for keys: what it hands in, a registration, is
// known again by its signature.
func (s *Server) once(rt *route, w http.ResponseWriter, r *http.Request) error {
	c := callOf(r.Context())
	sent := r.Header.Values(keyHeader)
	if !rt.writes() || len(sent) == 0 {
		return rt.handle(s, w, r)
	}
	name, ok := parseKey(sent)
	if !ok {
		return ledger.Refuse(ledger.CodeIdempotencyKey, "want",
			fmt.Sprintf("one value of 1 to %d printable ASCII characters, in quotes where it has spaces, commas or semicolons", maxKey))
	}
	if c.party == nil || c.dryRun {
		return rt.handle(s, w, r)
	}
	digest, err := digestRequest(r)
	if err != nil {
		return err
	}
	k := store.Key{Party: c.party.ID, Target: r.Method + " " + r.URL.Path, Name: name}
	if !s.keys.take(k) {
		w.Header().Set("Retry-After", "1")
		return ledger.Refuse(ledger.CodeIdempotencyBusy)
	}
	defer s.keys.free(k)
	kept, err := s.Store.ClaimKey(r.Context(), k, digest, s.Clock(), s.Clock().Add(KeyLife))
	switch {
	case err != nil:
		return err
	case kept.Request != digest:
		return ledger.Refuse(ledger.CodeIdempotencyReused)
	case kept.Status != 0:
		return replay(w, c, kept)
	}
	return s.answerAndKeep(rt, w, r, k, digest)
}

// parseKey gives the key that a header holds: a string in quotes (RFC 8941 par.
// 3.3.3), which is the draft's form, or the same without quotes, which is how
// most clients write it.
func parseKey(sent []string) (string, bool) {
	if len(sent) != 1 {
		return "", false
	}
	text := strings.TrimSpace(sent[0])
	if inner, quoted := strings.CutPrefix(text, `"`); quoted {
		if text, quoted = strings.CutSuffix(inner, `"`); !quoted {
			return "", false
		}
		if text, quoted = unescape(text); !quoted {
			return "", false
		}
	} else if strings.ContainsAny(text, `" ,;`) { // a list, parameters, or half a string
		return "", false
	}
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return "", false
		}
	}
	return text, text != "" && len(text) <= maxKey
}

// unescape reads what stands between the quotes of a string of RFC 8941, in
// which only a quote and a backslash are escaped.
func unescape(text string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return "", false
		case text[i] == '\\':
			if i++; i == len(text) || text[i] != '"' && text[i] != '\\' {
				return "", false
			}
		}
		b.WriteByte(text[i])
	}
	return b.String(), true
}

// digestRequest tells requests apart. It reads the body and puts it back.
func digestRequest(r *http.Request) (string, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", notJSON(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	hash := sha256.New()
	for _, part := range [][]byte{
		[]byte(r.Method), []byte(r.URL.RequestURI()), []byte(strings.Join(r.Header.Values("If-Match"), ",")), body,
	} {
		var size [8]byte // so that no part can pass for the end of another
		binary.BigEndian.PutUint64(size[:], uint64(len(part)))
		hash.Write(size[:])
		hash.Write(part)
	}
	return base64.RawURLEncoding.EncodeToString(hash.Sum(nil)), nil
}

// replay answers as the first time.
func replay(w http.ResponseWriter, c *call, kept store.Kept) error {
	c.replayed = true
	h := w.Header()
	for name, value := range kept.Header {
		h.Set(name, value)
	}
	h.Set(replayedHeader, "true")
	w.WriteHeader(kept.Status)
	if _, err := io.WriteString(w, kept.Body); err != nil {
		return fmt.Errorf("sending an answer again: %w", err)
	}
	return nil
}

// answerAndKeep makes the answer, keeps it where it is final, and then sends it:
// who has seen an answer never gets another one.
func (s *Server) answerAndKeep(rt *route, w http.ResponseWriter, r *http.Request, k store.Key, digest string) error {
	c := callOf(r.Context())
	held := &heldAnswer{ResponseWriter: w}
	if err := rt.handle(s, held, r); err != nil {
		s.fail(held, r, err)
	}
	if final(c, held.status) && held.body.Len() <= maxKeptBody {
		kept := store.Kept{Request: digest, Status: held.status, Header: map[string]string{}, Body: held.body.String()}
		for _, name := range keptHeaders {
			if v := w.Header().Get(name); v != "" {
				kept.Header[name] = v
			}
		}
		// Not the client's to end: one that has gone away is the one that comes again.
		if err := s.Store.KeepAnswer(context.WithoutCancel(r.Context()), k, kept); err != nil {
			s.Log.Error("the answer to a request with an idempotency key is not kept", "request", c.id, "error", err)
		}
	}
	return held.send()
}

// final says whether an answer is the last word on a request, and on each of the
// commands in it. An outcome that is not known is not, nor is a fault or a limit.
func final(c *call, status int) bool {
	switch {
	case status == http.StatusAccepted || status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
		return false
	case c.passing || c.secret:
		return false
	}
	return c.code == "" || !passes(c.code)
}

// passes says that a refusal may be another answer later: one that invites a
// retry, and one of the caller's token.
func passes(code ledger.Code) bool {
	return code == ledger.CodeScopeMissing || code == ledger.CodeTokenMissing || ledger.Refuse(code).Retryable()
}

// heldAnswer holds an answer back. Its header is that of the answer itself.
type heldAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (h *heldAnswer) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

func (h *heldAnswer) Write(b []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	return h.body.Write(b)
}

func (h *heldAnswer) send() error {
	if h.status == 0 {
		h.status = http.StatusOK
	}
	h.ResponseWriter.WriteHeader(h.status)
	if _, err := h.ResponseWriter.Write(h.body.Bytes()); err != nil {
		return fmt.Errorf("sending an answer: %w", err)
	}
	return nil
}

// keysInUse are the keys whose requests are under way here. There are no more of
// them than requests. A row in the store that has no answer and is not among
// them was left by a gateway that stopped, or by an answer that was not final:
// an organisation has one gateway at work at a time.
type keysInUse struct {
	mu  sync.Mutex
	all map[store.Key]struct{}
}

// take marks a key as in use, unless it is.
func (k *keysInUse) take(key store.Key) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, taken := k.all[key]; taken {
		return false
	}
	if k.all == nil {
		k.all = map[store.Key]struct{}{}
	}
	k.all[key] = struct{}{}
	return true
}

func (k *keysInUse) free(key store.Key) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.all, key)
}
