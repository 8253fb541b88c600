package web_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"sync"
	"testing"

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
	whole := b.upload("file", w.proof(id, 0)).is(http.StatusOK).says("Genuine. Everything in the file holds.", "This is proven", "This is not proven")
	if to := w.path(id); !strings.Contains(strings.Join(whole.links(), " "), to) {
		t.Errorf("it does not lead to %s", to)
	}
	b.upload("file", w.proof(id, seq)).is(http.StatusOK).says("SEK 1,000.00", "15 June 2026", "Received by Banken AB")
	b.language = "sv"
	b.upload("file", w.proof(id, seq)).is(http.StatusOK).says("Äkta. Allt i filen stämmer.", "1 000,00 kr")
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
		a := w.stranger().upload("file", file).is(http.StatusOK).says("The file proves nothing.", "What is wrong")
		a.hides("Genuine. Everything", "<script>alert(1)")
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
	b.upload("file", nil).is(http.StatusUnprocessableEntity).says("Choose a file to check.")
	b.upload("other", []byte("{}")).is(http.StatusUnprocessableEntity).says("Choose a file to check.")
	b.ask(http.MethodPost, "/verify", map[string][]string{}).is(http.StatusUnprocessableEntity).says("Choose a file to check.")
	b.upload("file", bytes.Repeat([]byte("{"), 2<<20+1)).is(http.StatusUnprocessableEntity).says("larger than 2 MB")
	b.upload("file", bytes.Repeat([]byte("{"), 3<<20)).is(http.StatusUnprocessableEntity).says("larger than 2 MB")
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
			slow.ask(http.MethodPost, "/verify", nil, func(r *http.Request) {
				r.Body, r.ContentLength = body, -1
				r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			})
		})
		head := "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
		if _, err := io.WriteString(end, head+strings.Repeat("{", 64<<10)); err != nil {
			t.Fatal(err)
		}
	}
	w.stranger().upload("file", file).is(http.StatusOK).says("Genuine. Everything in the file holds.")
}

// upload sends a file to the page that checks proofs.
func (b *browser) upload(name string, file []byte) *answer {
	b.w.Helper()
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
		b.w.Fatal(err)
	}
	return b.ask(http.MethodPost, "/verify", nil, func(r *http.Request) {
		r.Body, r.ContentLength = io.NopCloser(&body), int64(body.Len())
		r.Header.Set("Content-Type", form.FormDataContentType())
	})
}
