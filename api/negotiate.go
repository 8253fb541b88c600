package api

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// maxAccepted bounds the media types that are read of an Accept header.
const maxAccepted = 16

// negotiate gives that of the offered media types which the caller likes best
// (RFC 9110 par. 12.5.1), the first of those it likes alike. A caller that takes
// none of them gets the first, as the same paragraph allows.
func negotiate(r *http.Request, offered ...string) string {
	best, liked := offered[0], 0
	ranges := strings.Split(strings.Join(r.Header.Values("Accept"), ","), ",")
	for _, one := range offered {
		if q := quality(ranges, one); q > liked {
			best, liked = one, q
		}
	}
	return best
}

// quality gives how much a caller likes a media type, from 0 to 1000. What names
// the type itself counts before what names its kind, and that before */*.
func quality(ranges []string, offered string) int {
	liked, nearest := 0, -1
	kind, _, _ := strings.Cut(offered, "/")
	for _, text := range ranges[:min(len(ranges), maxAccepted)] {
		accepted, params, err := mime.ParseMediaType(text)
		if err != nil {
			continue
		}
		near := -1
		switch accepted {
		case offered:
			near = 2
		case kind + "/*":
			near = 1
		case "*/*":
			near = 0
		}
		if near > nearest {
			nearest, liked = near, thousandths(params["q"])
		}
	}
	return liked
}

// thousandths reads a weight, which has at most three decimals.
func thousandths(q string) int {
	whole, decimals, _ := strings.Cut(q, ".")
	switch {
	case q == "" || whole == "1":
		return 1000
	case whole != "0" || len(decimals) > 3:
		return 0
	}
	n, err := strconv.Atoi((decimals + "000")[:3])
	if err != nil {
		return 0
	}
	return n
}
