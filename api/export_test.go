package api

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger"
)

// TestAnswerThatIsCutOffDoesNotEnd: who reads it must not take the part for all.
func TestAnswerThatIsCutOffDoesNotEnd(t *testing.T) {
	b := newBench(t, true)
	server := httptest.NewServer(b.serve(&route{method: get, pattern: "-", handle: func(_ *Server, w http.ResponseWriter, _ *http.Request) error {
		if _, err := io.WriteString(w, "the first row\n"); err != nil {
			return err
		}
		return errCutOff{errors.New("the database is gone")}
	}}))
	defer server.Close()
	r, err := server.Client().Get(server.URL)
	if err != nil {
		if errors.Is(err, io.EOF) || strings.Contains(err.Error(), "EOF") {
			return // not even its beginning came
		}
		t.Fatal(err)
	}
	defer r.Body.Close()
	if body, err := io.ReadAll(r.Body); err == nil {
		t.Errorf("the answer ends as if it were whole: %q", body)
	}
}

func TestExportThatFailsBeforeItsFirstRowIsAProblem(t *testing.T) {
	b := newBench(t, true)
	for _, path := range []string{"/v1/exports/notes", "/v1/exports/payments", "/v1/exports/postings"} {
		incomplete := newBench(t, false)
		if w, p := incomplete.get(path); w.Code != http.StatusServiceUnavailable || p.Code != ledger.CodeUnavailable {
			t.Errorf("%s of a read model that is being built: %d %s", path, w.Code, w.Body)
		}
		if w, _ := b.get(path); w.Code != http.StatusOK || strings.Count(w.Body.String(), "\r\n") != 1 {
			t.Errorf("%s of no note: %d %q, want a header", path, w.Code, w.Body)
		}
		close(b.stopping)
		if w, p := b.get(path); w.Code < http.StatusInternalServerError || p.Code == "" {
			t.Errorf("%s while the gateway stops: %d %s", path, w.Code, w.Body)
		}
		b.stopping = make(chan struct{})
	}
}
