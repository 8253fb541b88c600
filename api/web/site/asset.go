package site

import (
	"net/http"
	"strconv"
	"strings"
)

// serveAsset serves the style sheet, the script and the icon. Their addresses change
// with their content, so that a browser may keep them for a year.
func (s *Site) serveAsset(w http.ResponseWriter, r *http.Request) {
	asset, ok := s.Pages.Assets().Find(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", asset.MediaType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Vary", "Accept-Encoding")
	body := asset.Body
	if TakesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = asset.Gzipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	// A browser that has gone away gets nothing; there is nobody else to tell.
	_, _ = w.Write(body)
}

// TakesGzip says whether the browser takes a body in gzip. One that refuses it with a
// weight of zero is none that exists.
func TakesGzip(r *http.Request) bool {
	for _, line := range r.Header.Values("Accept-Encoding") {
		for coding := range strings.SplitSeq(line, ",") {
			name, _, _ := strings.Cut(coding, ";")
			if strings.TrimSpace(name) == "gzip" {
				return true
			}
		}
	}
	return false
}
