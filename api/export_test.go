package api

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/store"
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

// closing is an answer during which the database goes away.
type closing struct {
	http.ResponseWriter
	store *store.Store
}

func (c closing) Write(b []byte) (int, error) {
	c.store.Close()
	return c.ResponseWriter.Write(b)
}

func (c closing) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func TestTableOfRowsThatFailsOnItsWayIsCutOff(t *testing.T) {
	b := newBench(t, true)
	i := store.Import{ID: "i", Party: b.ledger.party.ID, Digest: "d", Rows: 500, Created: noon}
	if _, made, err := b.Store.OpenImport(t.Context(), i); err != nil || !made {
		t.Fatalf("made: %t, %v", made, err)
	}
	rows := make([]store.ImportRow, i.Rows)
	for n := range rows {
		rows[n] = store.ImportRow{Row: n + 1, State: store.RowRejected, Code: ledger.CodeExists}
	}
	if _, err := b.Store.PutImportRows(t.Context(), i.ID, rows, noon); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.ServeHTTP(closing{w, b.Store}, r) }))
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), get, server.URL+"/v1/imports/i/rows", nil)
	if err != nil {
		t.Fatal(err)
	}
	b.dress(t, r)
	r.Header.Set("Accept", csvType)
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if answer.StatusCode != http.StatusOK || err == nil || !strings.HasPrefix(string(body), "row,") {
		t.Errorf("%d, and it ends with %v after %d bytes, as if they were all", answer.StatusCode, err, len(body))
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
