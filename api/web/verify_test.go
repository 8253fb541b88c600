package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/skuld-registry/skuld/api/web/site/sitetest"
	"github.com/skuld-registry/skuld/chaincode/inproc"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/evidence"
)

// proof gives the evidence of a note, or of one payment on it.
func (w *world) proof(id ledger.NoteID, payment uint64) []byte {
	w.Helper()
	file, err := evidence.Gather(w.Context(), w.ledger.Service(inproc.Registrar), evidence.Request{Note: id, Payment: payment})
	if err != nil {
		w.Fatal(err)
	}
	return file
}

func TestProofIsCheckedInWords(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	id := w.issue(lender, w.join("anna", lender))
	seq := w.pay(lender, id, 1_000_00).Seq
	b := w.stranger()
	whole := b.upload("file", w.proof(id, 0)).Is(http.StatusOK).Says("Genuine. Everything in the file holds.", "This is proven", "This is not proven")
	if to := w.path(id); !strings.Contains(strings.Join(whole.Links(), " "), to) {
		t.Errorf("it does not lead to %s", to)
	}
	b.upload("file", w.proof(id, seq)).Is(http.StatusOK).Says("SEK 1,000.00", "15 June 2026", "Received by Banken AB")
	b.Language = "sv"
	b.upload("file", w.proof(id, seq)).Is(http.StatusOK).Says("Äkta. Allt i filen stämmer.", "1 000,00 kr")
}

func TestFileThatProvesNothingSaysWhatIsWrong(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	id := w.issue(lender, w.join("anna", lender))
	seq := w.pay(lender, id, 1_000_00).Seq
	good := w.proof(id, seq)
	other := newWorldWithout(t, w)
	for name, file := range map[string][]byte{
		"no JSON": []byte("Kvitto på 1 000 kr"), "hostile": []byte(`<script>alert(1)</script>`), "a number changed": bytes.Replace(good, []byte(`"about":{"payment":`), []byte(`"about":{"payment":9`), 1),
		"another network": other,
	} {
		a := w.stranger().upload("file", file).Is(http.StatusOK).Says("The file proves nothing.", "What is wrong")
		a.Hides("Genuine. Everything", "<script>alert(1)")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

// newWorldWithout gives a good proof of a network that these pages do not know.
func newWorldWithout(t *testing.T, _ *world) []byte {
	t.Helper()
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	return bytes.Replace(w.proof(w.issue(lender, w.join("anna", lender)), 0), []byte("LenderMSP"), []byte("LenderMSQ"), -1)
}

func TestUploadThatIsNoneIsSaidToBe(t *testing.T) {
	w := newWorld(t)
	b := w.stranger()
	b.upload("file", nil).Is(http.StatusUnprocessableEntity).Says("Choose a file to check.")
	b.upload("other", []byte("{}")).Is(http.StatusUnprocessableEntity).Says("Choose a file to check.")
	b.Ask(http.MethodPost, "/verify", map[string][]string{}).Is(http.StatusUnprocessableEntity).Says("Choose a file to check.")
	b.upload("file", bytes.Repeat([]byte("{"), 2<<20+1)).Is(http.StatusUnprocessableEntity).Says("larger than 2 MB")
	b.upload("file", bytes.Repeat([]byte("{"), 3<<20)).Is(http.StatusUnprocessableEntity).Says("larger than 2 MB")
}

// TestWhoSendsSlowlyKeepsNobodyElseWaiting: files that never end hold no place in which
// others are checked.
func TestWhoSendsSlowlyKeepsNobodyElseWaiting(t *testing.T) {
	w := newWorld(t)
	lender := w.company("Banken AB", inproc.Lender)
	file := w.proof(w.issue(lender, w.join("anna", lender)), 0)
	var all sync.WaitGroup
	defer all.Wait()
	for range 8 {
		body, end := io.Pipe()
		defer end.Close()
		slow := w.stranger()
		all.Go(func() {
			slow.Ask(http.MethodPost, "/verify", nil, func(r *http.Request) {
				r.Body, r.ContentLength = body, -1
				r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			})
		})
		head := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
		if _, err := io.WriteString(end, head+strings.Repeat("{", 64<<10)); err != nil {
			t.Fatal(err)
		}
	}
	w.stranger().upload("file", file).Is(http.StatusOK).Says("Genuine. Everything in the file holds.")
}

// upload sends a file to the page that checks proofs.
func (b *browser) upload(name string, file []byte) *sitetest.Answer {
	b.T.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(name, "proof.json")
	if err == nil {
		_, err = part.Write(file)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		b.T.Fatal(err)
	}
	return b.Ask(http.MethodPost, "/verify", nil, func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
		r.Header.Set("Content-Type", form.FormDataContentType())
	})
}
