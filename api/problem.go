package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/ledger"
)

// problemType is the media type of RFC 9457.
const problemType = "application/problem+json"

// problem is a refusal as the caller sees it (RFC 9457).
type problem struct {
	Type      string            `json:"type"`
	Title     string            `json:"title"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail"`
	Code      ledger.Code       `json:"code"`
	Params    map[string]string `json:"params,omitempty"`
	Retryable bool              `json:"retryable"`
	Request   string            `json:"request,omitempty"` // id of the request, to quote to support
	// OAuth is what OAuth calls the refusal (RFC 6749 par. 5.2, RFC 9449).
	OAuth string `json:"error,omitempty"`
}

// classes says how each class of refusal looks over HTTP. It is the only place
// where codes meet statuses, with the exceptions below.
var classes = map[ledger.Class]struct {
	status int
	title  map[ledger.Language]string
}{
	ledger.ClassInvalid:      {http.StatusBadRequest, words("Begäran går inte att förstå", "Anmodningen kan ikke forstås", "The request cannot be understood")},
	ledger.ClassUnauthorized: {http.StatusUnauthorized, words("Vem som frågar är inte styrkt", "Det er ikke godtgjort, hvem der spørger", "Who asks is not proved")},
	ledger.ClassForbidden:    {http.StatusForbidden, words("Inte ditt att göra", "Ikke dit at gøre", "Not yours to do")},
	ledger.ClassNotFound:     {http.StatusNotFound, words("Finns inte", "Findes ikke", "Not found")},
	ledger.ClassConflict:     {http.StatusConflict, words("Läget är ett annat", "Tilstanden er en anden", "The state is another")},
	ledger.ClassRefused:      {http.StatusUnprocessableEntity, words("En regel hindrar det", "En regel forhindrer det", "A rule forbids it")},
	ledger.ClassLimit:        {http.StatusUnprocessableEntity, words("Mer än registret håller", "Mere end registret holder", "More than the registry keeps")},
	ledger.ClassUnavailable:  {http.StatusServiceUnavailable, words("Registret svarar inte", "Registret svarer ikke", "The registry does not answer")},
}

// statuses are those of codes for which HTTP has a status of its own.
var statuses = map[ledger.Code]int{
	ledger.CodeRequestTooLarge:  http.StatusRequestEntityTooLarge,
	ledger.CodeCommandTooLarge:  http.StatusRequestEntityTooLarge,
	ledger.CodeMethodNotAllowed: http.StatusMethodNotAllowed,
	ledger.CodeNoteErased:       http.StatusGone,
	ledger.CodeMediaType:        http.StatusUnsupportedMediaType,
	ledger.CodeInternal:         http.StatusInternalServerError,
	ledger.CodePrecondition:     http.StatusPreconditionFailed,
	ledger.CodeTooManyRequests:  http.StatusTooManyRequests,
}

func words(sv, da, en string) map[ledger.Language]string {
	return map[ledger.Language]string{ledger.Swedish: sv, ledger.Danish: da, ledger.English: en}
}

// statusOf gives the HTTP status of a refusal.
func statusOf(e *ledger.Error) int {
	if status, ok := statuses[e.Code]; ok {
		return status
	}
	if class, ok := classes[e.Class()]; ok {
		return class.status
	}
	return http.StatusInternalServerError
}

// describe writes a refusal for its reader.
func describe(e *ledger.Error, lang ledger.Language) problem {
	if e.Code == ledger.CodeNotEntitled {
		// What may not be seen is answered exactly as what is not there.
		e = ledger.Refuse(ledger.CodeNotFound)
	}
	p := problem{
		Type: "urn:skuld:problem:" + string(e.Code), Title: classes[e.Class()].title[lang], Status: statusOf(e),
		Detail: e.Text(lang), Code: e.Code, Params: e.Params, Retryable: e.Retryable(),
	}
	p.OAuth = oauthErrors[e.Code]
	if e.Code == ledger.CodeNotFound {
		p.Params = nil
	}
	return p
}

// errLedger says that the ledger could not be asked. It is not the caller's
// fault, and the same request may succeed soon.
type errLedger struct{ err error }

func (e errLedger) Error() string { return "asking the ledger: " + e.err.Error() }
func (e errLedger) Unwrap() error { return e.err }

// elsewhere says that what failed is not the gateway, but what it works with or
// the time that there was.
func elsewhere(err error) bool {
	_, ledgers := errors.AsType[errLedger](err)
	return ledgers || store.Unavailable(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// refusal gives what the caller is told of an error, and the cause that only
// the log is told, if any.
func refusal(err error, request string) (*ledger.Error, error) {
	if e, ok := errors.AsType[*ledger.Error](err); ok {
		return e, nil
	}
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return ledger.Refuse(ledger.CodeRequestTooLarge, "limit", bytesText(e.Limit)), nil
	}
	if elsewhere(err) {
		return ledger.Refuse(ledger.CodeUnavailable), err
	}
	return ledger.Refuse(ledger.CodeInternal, "id", request), err
}

// fail answers a request with a problem.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	c := callOf(r.Context())
	e, cause := refusal(err, c.id)
	c.code, c.cause, c.limited = e.Code, cause, limit.By(err)
	if c.limited != "" {
		s.logEvent(r.Context(), auth.EventRateRefused, slog.String("limit", c.limited))
	}
	p := describe(e, c.lang)
	p.Request = c.id
	if e, ok := errors.AsType[errTokenRequest](err); ok {
		e.answerAs(&p)
	}
	h := w.Header()
	h.Set("Content-Type", problemType)
	h.Set("Content-Language", string(c.lang))
	if p.Status == http.StatusUnauthorized || p.Code == ledger.CodeScopeMissing {
		h.Set("WWW-Authenticate", challenge(e))
	}
	switch p.Status {
	case http.StatusServiceUnavailable:
		h.Set("Retry-After", "1")
	case http.StatusTooManyRequests:
		h.Set("Retry-After", e.Params["seconds"])
	}
	w.WriteHeader(p.Status)
	// A client that has gone away gets nothing; there is nobody else to tell.
	_ = json.NewEncoder(w).Encode(p)
}
