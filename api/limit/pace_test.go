package limit

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// deadlines is a connection that notes the deadlines it is given.
type deadlines struct {
	http.ResponseWriter
	read []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error {
	d.read = append(d.read, t)
	return nil
}

func TestBodyHasMoreTimeTheMoreOfItHasCome(t *testing.T) {
	d := &deadlines{ResponseWriter: httptest.NewRecorder()}
	body := Steady(d, io.NopCloser(strings.NewReader(strings.Repeat("x", 3*leastSpeed)))).(*steadyBody)
	piece := make([]byte, leastSpeed)
	for range 4 {
		if _, err := body.Read(piece); err != nil && err != io.EOF {
			t.Fatal(err)
		}
	}
	if len(d.read) != 5 || !d.read[4].IsZero() {
		t.Fatalf("got %v; the last must take the deadline away", d.read)
	}
	for i, deadline := range d.read[:4] {
		if got, want := deadline.Sub(body.began), bodyGrace+time.Duration(i)*time.Second; got != want {
			t.Errorf("piece %d has %s, want %s", i, got, want)
		}
	}
}

// TestSlowBodyIsCutOff sends half of a body over a real connection whose grace is
// over before the rest comes.
func TestSlowBodyIsCutOff(t *testing.T) {
	refused := make(chan error, 1)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := Steady(w, r.Body).(*steadyBody)
		body.began = body.began.Add(50*time.Millisecond - bodyGrace)
		_, err := io.ReadAll(body)
		refused <- err
	}))
	defer server.Close()
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")
	e, ok := errors.AsType[*ledger.Error](<-refused)
	if !ok || e.Code != ledger.CodeRequestMalformed || e.Params["detail"] != "the body comes too slowly" {
		t.Errorf("got %v", e)
	}
}
