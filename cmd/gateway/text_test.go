package main

import (
	"net/http"
	"testing"

	"github.com/skuld-registry/skuld/chaincode/inproc"
)

// TestTextThatPostgreSQLRefusesIsNoFaultOfTheGateway: it keeps no zero byte and
// nothing that is not UTF-8.
func TestTextThatPostgreSQLRefusesIsNoFaultOfTheGateway(t *testing.T) {
	w := newWorldOn(t, inproc.Options{}, onPostgres)
	lender := w.party("lender", "lender", "company")
	for _, id := range []string{"%00", "%ff", "a%00b"} {
		for _, path := range []string{"/v1/transactions/", "/v1/imports/", "/v1/webhooks/", "/v1/notes/", "/v1/books/", "/v1/parties/"} {
			t.Run(path+id, func(t *testing.T) {
				_, r := w.transmit("lender", w.dress(lender, "GET", path+id, nil, nil))
				if r.status != http.StatusNotFound && r.status != http.StatusBadRequest {
					t.Errorf("got %d %s", r.status, r.body)
				}
			})
		}
	}
	for path, body := range map[string]string{
		"/v1/imports":  `{"name": "a\u0000b", "digest": "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU", "rows": 3}`,
		"/v1/webhooks": `{"url": "https://lender.example/hook", "description": "a\u0000b"}`,
	} {
		t.Run(path, func(t *testing.T) {
			_, r := w.transmit("lender", w.dress(lender, "POST", path, []byte(body), nil))
			if r.status >= http.StatusInternalServerError {
				t.Errorf("got %d %s", r.status, r.body)
			}
		})
	}
}
