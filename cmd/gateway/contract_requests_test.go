package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// anything calls any operation of the document with what its schemas make, and
// half of the time with a fault in it.
func (w *walk) anything() {
	path := pick(w.rng, w.contract.doc.Paths.InMatchingOrder())
	item := w.contract.doc.Paths.Find(path)
	method := pick(w.rng, slices.Sorted(maps.Keys(item.Operations())))
	op := item.Operations()[method]
	a := w.anyone()
	w.turn(a)
	address, header := w.address(path, op)
	if op.RequestBody == nil {
		w.sendSpoilt(a, w.dress(a, method, address, nil, header))
		return
	}
	if media := op.RequestBody.Value.Content.Get("application/json"); media != nil {
		body := w.of(media.Schema.Value, 0)
		if asked, ok := body.(map[string]any); ok && asked["body"] != nil && !w.chance(30) {
			w.write(a, address, asked["body"])
			return
		}
		w.sendSpoilt(a, w.dress(a, method, address, body, header))
		return
	}
	s := w.dress(a, method, address, nil, header)
	s.body = []byte(rapid.StringN(0, 200, -1).Draw(w.t, "body"))
	s.header.Set("Content-Type", pick(w.rng, slices.Sorted(maps.Keys(op.RequestBody.Value.Content))))
	w.exchange(a.gateway, s)
}

// address makes the address of an operation, with its parameters.
func (w *walk) address(path string, op *openapi3.Operation) (string, http.Header) {
	var query []string
	header := http.Header{}
	for _, ref := range op.Parameters {
		p := ref.Value
		switch {
		case p.In == openapi3.ParameterInPath:
			path = strings.Replace(path, "{"+p.Name+"}", escape(w.parameter(p)), 1)
		case !p.Required && !w.chance(20), p.Name == "DPoP":
		case p.In == openapi3.ParameterInQuery:
			query = append(query, p.Name+"="+escape(w.parameter(p)))
		case p.In == openapi3.ParameterInHeader:
			header.Set(p.Name, printable(w.parameter(p)))
		}
	}
	if len(query) > 0 {
		path += "?" + strings.Join(query, "&")
	}
	return path, header
}

// dress writes a request of an actor, whose body may be no JSON that Go would write.
func (w *walk) dress(a *actor, method, path string, body any, header http.Header) sent {
	w.turn(a)
	var text []byte
	if body != nil {
		var err error
		if text, err = json.Marshal(body); err != nil {
			text = []byte(`{"body":1e400}`)
		}
	}
	return w.world.dress(a, method, path, bytes.ReplaceAll(text, []byte(`"1e400"`), []byte("1e400")), header)
}

// sendSpoilt sends a request, now and then with a fault in it.
func (w *walk) sendSpoilt(a *actor, s sent) {
	if w.chance(45) {
		w.spoilRequest(a, &s)
	}
	w.exchange(a.gateway, s)
}

// spoilRequest breaks a request in one place.
func (w *walk) spoilRequest(a *actor, s *sent) {
	switch n := w.between(1, 100); {
	case n <= 50 && len(s.body) > 0:
		w.spoilBody(s)
	case n <= 60:
		s.method = pick(w.rng, []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"})
	case n <= 70:
		s.path += pick(w.rng, []string{"/", "//", "/%2e%2e", "/..", "/" + strings.Repeat("a", 3000), "%00", "%2f", ";x=1", "/rows", "/history"})
	case n <= 80:
		separator := "?"
		if strings.Contains(s.path, "?") {
			separator = "&"
		}
		s.path += separator + pick(w.rng, []string{"unknown=1", "limit=0", "limit=9999999999999999999", "limit=1&limit=2", "cursor=%00", "cursor=AAAA", "%zz", "status=", "at=now", "dry_run=perhaps", strings.Repeat("a=1&", 500)})
	case n <= 92:
		w.spoilAccess(a, s)
	default:
		name := pick(w.rng, []string{"If-Match", "Idempotency-Key", "Accept", "Accept-Language", "Content-Encoding", "Last-Event-Id", "Cache-Control", "Content-Type", "Traceparent"})
		s.header[name] = []string{pick(w.rng, []string{"", "*", `"0"`, `W/"1"`, "gzip", "application/xml", strings.Repeat("x", 9000), "0", "no-cache", "fr;q=0.1", "Ã¤"})}
	}
}

func (w *walk) spoilBody(s *sent) {
	if w.chance(25) {
		s.body = pick(w.rng, [][]byte{s.body[:len(s.body)/2], append(slices.Clone(s.body), '{'), []byte("\xff\xfe"), []byte("null"), []byte(`[]`), []byte(`"`), {}})
		return
	}
	var v any
	if json.Unmarshal(s.body, &v) != nil {
		return
	}
	if b, err := json.Marshal(w.spoil(v)); err == nil {
		s.body = b
	}
}

// spoilAccess breaks who asks: no access, another's, or what is none.
func (w *walk) spoilAccess(a *actor, s *sent) {
	name := pick(w.rng, []string{"Authorization", "Dpop"})
	other := pick(w.rng, w.cast)
	switch w.between(1, 4) {
	case 1:
		delete(s.header, name)
	case 2:
		s.header[name] = []string{pick(w.rng, []string{"Bearer", "Bearer x", "DPoP x.y.z", "Basic YTpi", "DPoP " + strings.Repeat("a", 20_000), "..", ""})}
	case 3:
		if other.last != nil && other.gateway == a.gateway && other != a {
			s.header[name] = slices.Clone(other.last.header[name])
		}
	default:
		s.header[name] = append(s.header[name], s.header[name]...)
	}
}

func base64url(text string) ([]byte, error) { return base64.RawURLEncoding.DecodeString(text) }

func escape(text string) string { return url.PathEscape(text) }

// printable makes a text one that HTTP carries in a header.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return 'x'
		}
		return r
	}, text)
}
