package limit

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Limits of a client that is slow, by mistake or on purpose.
const (
	// bodyGrace is how long a body may take at any speed; leastSpeed is how fast
	// what comes later must come on average, in bytes each second.
	bodyGrace  = 10 * time.Second
	leastSpeed = 8 << 10
	// WriteTime is how long a client may take to accept one piece of an answer.
	WriteTime = 30 * time.Second
)

// steadyBody is a request's body that must keep coming. One deadline for the whole
// body would either cut off large ones or let small ones hold a place for minutes.
type steadyBody struct {
	io.ReadCloser
	control *http.ResponseController
	began   time.Time
	read    int64
}

// Steady gives a body that refuses to be read on once its sender is too slow
// (request_malformed).
func Steady(w http.ResponseWriter, body io.ReadCloser) io.ReadCloser {
	return &steadyBody{ReadCloser: body, control: http.NewResponseController(w), began: time.Now()}
}

func (b *steadyBody) Read(p []byte) (int, error) {
	// A connection without deadlines, as in a test, has no slow client either.
	_ = b.control.SetReadDeadline(b.began.Add(bodyGrace + time.Duration(b.read)*time.Second/leastSpeed))
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, ledger.Refuse(ledger.CodeRequestMalformed, "detail", "the body comes too slowly")
	case err != nil:
		// The server goes on reading, to learn whether the client goes away.
		_ = b.control.SetReadDeadline(time.Time{})
	}
	return n, err
}
