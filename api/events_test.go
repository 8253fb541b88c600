package api

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// line is a connection that a stream is written to. It belongs to one goroutine
// until the stream has ended.
type line struct {
	*httptest.ResponseRecorder
	broken bool
}

func (l *line) SetWriteDeadline(time.Time) error { return nil }

func (l *line) Write(b []byte) (int, error) {
	if l.broken {
		return 0, errors.New("it is not taken")
	}
	return l.ResponseRecorder.Write(b)
}

// streaming begins a stream of a party without news, and gives what ends it.
func (b *bench) streaming(c call, to *line) (end func(), ended <-chan error) {
	ctx, end := context.WithCancel(context.WithValue(b.t.Context(), callKey{}, &c))
	r := httptest.NewRequest("GET", "/v1/events", nil).WithContext(ctx)
	done := make(chan error, 1)
	open := make(chan struct{})
	var once sync.Once
	go func() {
		err := b.stream(to, r, func(*eventWriter) (<-chan struct{}, error) {
			once.Do(func() { close(open) })
			return nil, nil
		})
		once.Do(func() { close(open) })
		done <- err
	}()
	<-open
	return end, done
}

func TestStreamEndsWithItsToken(t *testing.T) {
	b := newBench(t, true)
	to := &line{ResponseRecorder: httptest.NewRecorder()}
	end, ended := b.streaming(call{party: b.ledger.party, expires: noon.Add(20 * time.Millisecond)}, to)
	defer end()
	if err := <-ended; err != nil || to.Body.String() != ": open\n\n" {
		t.Errorf("it ends with %v after %q", err, to.Body)
	}
}

// TestPartyMayHaveEightStreamsOpen: an export is one as well, or one party could
// take everybody's with exports that it reads slowly.
func TestPartyMayHaveEightStreamsOpen(t *testing.T) {
	b := newBench(t, true)
	party, stranger := b.ledger.party.ID, ledger.PartyID("p"+strings.Repeat("z", 32))
	var first func()
	for n := range maxPartyStreams {
		end, err := b.beginStream(party)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			first = end
		}
	}
	for _, path := range []string{"/v1/events", "/v1/exports/notes", "/v1/exports/payments"} {
		if w, p := b.get(path); w.Code != http.StatusTooManyRequests || p.Code != ledger.CodeTooManyRequests {
			t.Errorf("%s as one more gives %d %s", path, w.Code, w.Body)
		}
	}
	if _, err := b.beginStream(stranger); err != nil {
		t.Errorf("another party's is refused: %v", err)
	}
	first()
	if w, _ := b.get("/v1/exports/notes"); w.Code != http.StatusOK {
		t.Errorf("in the place of one that ended an export gives %d %s", w.Code, w.Body)
	}
	if _, err := b.beginStream(party); err != nil {
		t.Errorf("when the export has ended: %v", err)
	}
}

func TestClientThatTakesNothingIsLeft(t *testing.T) {
	b := newBench(t, true)
	_, ended := b.streaming(call{party: b.ledger.party, expires: noon.Add(time.Hour)}, &line{ResponseRecorder: httptest.NewRecorder(), broken: true})
	if err := <-ended; err != nil {
		t.Errorf("it ends with %v", err)
	}
}

func TestCallerGetsTheMediaTypeThatItLikesBest(t *testing.T) {
	for accept, want := range map[string]string{
		"":                                     streamType,
		"*/*":                                  streamType,
		"text/event-stream":                    streamType,
		"application/json":                     jsonType,
		"application/json, text/event-stream":  streamType, // alike, and ours to choose
		"text/event-stream;q=0.5, */*":         jsonType,
		"text/*;q=0.2, application/json;q=0.1": streamType,
		"application/*":                        jsonType,
		"application/json;q=0, */*;q=0.1":      streamType,
		"text/event-stream;q=0, */*":           jsonType,
		"image/png":                            streamType, // neither: it gets the first
		"application/json;q=2":                 streamType,
		"a;;;, application/json":               jsonType,
		strings.Repeat("image/png,", 100) + jsonType: streamType, // only so many are read
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.Header.Set("Accept", accept)
		if got := negotiate(r, streamType, jsonType); got != want {
			t.Errorf("Accept %.40q gives %s, want %s", accept, got, want)
		}
	}
}

func TestBodyWhereNothingCanBeSaidIsRefused(t *testing.T) {
	for body, fine := range map[string]bool{"": true, "{}": false, " ": false, "x": false} {
		if err := readNothing(httptest.NewRequest("POST", "/", strings.NewReader(body))); (err == nil) != fine {
			t.Errorf("%q gives %v", body, err)
		}
	}
	r := httptest.NewRequest("POST", "/", nil)
	r.Body = http.MaxBytesReader(httptest.NewRecorder(), http.NoBody, 0)
	if err := readNothing(r); err != nil {
		t.Errorf("no body gives %v", err)
	}
}

func TestCellThatASpreadsheetWouldRunIsMadePlain(t *testing.T) {
	for cell, want := range map[string]string{"": "", "rate": "rate", "=1+1": "'=1+1", "+x": "'+x", "-x": "'-x", "@x": "'@x", "\tx": "'\tx", "a=b": "a=b"} {
		if got := plain(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}
