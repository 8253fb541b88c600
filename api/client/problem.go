package client

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Problem is a gateway's refusal (RFC 9457).
type Problem struct {
	Type      string            `json:"type"`
	Title     string            `json:"title"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail"` // in the language that was asked for
	Code      ledger.Code       `json:"code"`
	Params    map[string]string `json:"params"`
	Retryable bool              `json:"retryable"`
	// RetryAfter is how long the gateway asks to wait; zero where it does not.
	RetryAfter time.Duration `json:"-"`
}

// Error gives the gateway's text with the code before it.
func (p *Problem) Error() string {
	switch {
	case p.Detail != "":
		return string(p.Code) + ": " + p.Detail
	case p.Title != "":
		return string(p.Code) + ": " + p.Title
	}
	return fmt.Sprintf("the gateway answered with status %d", p.Status)
}

// Unwrap gives the refusal as the core knows it, so that callers can compare
// codes with ledger.CodeOf and show the text in any language.
func (p *Problem) Unwrap() error { return &ledger.Error{Code: p.Code, Params: p.Params} }

// maxRetryAfter bounds how long a gateway can make a client wait.
const maxRetryAfter = time.Minute

func readProblem(resp *http.Response, text []byte) error {
	p := &Problem{}
	if err := json.Unmarshal(text, p); err != nil || p.Code == "" {
		// Not our gateway's: a proxy before it, or another program.
		p = &Problem{Code: ledger.CodeInternal, Detail: fmt.Sprintf("%s %s was answered with status %d and no problem", resp.Request.Method, resp.Request.URL.Path, resp.StatusCode)}
		if resp.StatusCode >= http.StatusInternalServerError || resp.StatusCode == http.StatusTooManyRequests {
			p.Code, p.Retryable = ledger.CodeUnavailable, true
		}
	}
	p.Status = resp.StatusCode
	p.RetryAfter = retryAfter(resp)
	return p
}

func retryAfter(resp *http.Response) time.Duration {
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter)
}

// Unreachable says that the gateway gave no answer.
type Unreachable struct {
	// Sent says that the request, or a part of it, may have reached the gateway:
	// whether a write took effect is then not known.
	Sent bool
	err  error
}

// Error says why.
func (u *Unreachable) Error() string { return "the gateway does not answer: " + u.err.Error() }

// Unwrap gives the cause, such as context.Canceled.
func (u *Unreachable) Unwrap() error { return u.err }

func unreachable(err error) error {
	u := &Unreachable{Sent: true, err: err}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		u.Sent = false
	}
	return u
}

// unreadable says that a request was answered, but not by what can be understood.
type unreadable struct{ err error }

func (u *unreadable) Error() string { return u.err.Error() }

func (u *unreadable) Unwrap() error { return u.err }

// notSent says that a request failed before it was sent.
type notSent struct{ err error }

func (n *notSent) Error() string { return n.err.Error() }

func (n *notSent) Unwrap() error { return n.err }
