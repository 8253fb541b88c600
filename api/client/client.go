package client

import (
	"bytes"
	"context"
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/skuld-registry/skuld/api/client/dpop"
	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
)

// Limits of one exchange with a gateway.
const (
	// MaxAnswerBytes bounds what is read of one answer.
	MaxAnswerBytes = 64 << 20
	// RequestTimeout bounds one exchange; a write waits for its block, so it is
	// longer than a block takes even on a busy network.
	RequestTimeout = 60 * time.Second

	maxIdleConnections = 64
)

// Options say how to reach a gateway and as whom.
type Options struct {
	// Gateway is its base address, such as http://127.0.0.1:8080.
	Gateway string
	// Party and Key say who acts. Without them only what is public can be read
	// and only a registration handed in.
	Party ledger.PartyID
	Key   crypto.Signer
	// Language of the texts in problems; the gateway's own where it is empty.
	Language ledger.Language
	// Transport carries the requests; http.DefaultTransport's settings where it is nil.
	Transport http.RoundTripper
	// Now and Random give the time and command ids; the system's where nil.
	Now    func() time.Time
	Random io.Reader
	// Retry bounds how long an outcome is waited for; DefaultRetry where zero.
	Retry Retry
}

// Client is safe for use by several goroutines.
type Client struct {
	options Options
	base    string
	http    *http.Client
	stream  *http.Client // without a timeout, for events

	prover  *dpop.Prover           // with a key of this client's own
	nonce   atomic.Pointer[string] // what the gateway's last answer said; nil before the first
	mu      sync.Mutex             // guards token, expires and network
	token   string
	expires time.Time
	network string
}

// New makes a client. It sends nothing yet.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.Gateway)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("making a client: %q is not the address of a gateway", o.Gateway)
	}
	if o.Transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.MaxIdleConnsPerHost = maxIdleConnections
		o.Transport = t
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Retry == (Retry{}) {
		o.Retry = DefaultRetry
	}
	prover, err := dpop.New()
	if err != nil {
		return nil, fmt.Errorf("making a client: %w", err)
	}
	return &Client{
		options: o, base: strings.TrimRight(o.Gateway, "/"), prover: prover,
		http:   &http.Client{Transport: o.Transport, Timeout: RequestTimeout},
		stream: &http.Client{Transport: o.Transport},
	}, nil
}

// Self is who the client acts as.
func (c *Client) Self() ledger.PartyID { return c.options.Party }

// Network gives the digest that commands name, as the gateway says it. It is
// asked once.
func (c *Client) Network(ctx context.Context) (string, error) {
	c.mu.Lock()
	known := c.network
	c.mu.Unlock()
	if known != "" {
		return known, nil
	}
	var answer Network
	if err := c.call(ctx, rest.GetNetwork(), public, &answer); err != nil {
		return "", fmt.Errorf("asking for the network: %w", err)
	}
	if answer.Network == "" {
		return "", errors.New("asking for the network: the answer names none")
	}
	c.mu.Lock()
	c.network = answer.Network
	c.mu.Unlock()
	return answer.Network, nil
}

// Network is what a gateway says of itself.
type Network = rest.Network

// access says whether a request carries the party's token.
type access bool

const (
	public  access = false
	private access = true
)

// Do carries out any operation of the OpenAPI document, as the client's party
// where it has one, and decodes the answer. It sends a request once more where
// access had to be renewed; Submit and SubmitBatch go on until an outcome is
// known, which a write wants.
func (c *Client) Do(ctx context.Context, r rest.Request, answer any) error {
	return c.call(ctx, r, access(c.options.Party != ""), answer)
}

func (c *Client) call(ctx context.Context, r rest.Request, a access, answer any) error {
	_, err := c.exchange(ctx, request{Request: r, access: a}, answer)
	return err
}

// request is one exchange. Its body is kept as bytes, so that it can be sent again.
type request struct {
	rest.Request
	access access
}

// fresh has a note read from the ledger itself, not from the read model.
const fresh = "no-cache"

// exchange sends a request, once more with a new token or a new proof where the
// old one is no longer good, and decodes the answer. A refusal is a *Problem.
func (c *Client) exchange(ctx context.Context, r request, answer any) (status int, err error) {
	var body []byte
	if r.Body != nil {
		if body, err = json.Marshal(r.Body); err != nil {
			return 0, fmt.Errorf("writing the request: %w", err)
		}
	}
	var renewals renewals
	for {
		status, err = c.send(ctx, r, body, answer)
		if r.access != private || !c.renew(err, &renewals) {
			return status, err
		}
	}
}

func (c *Client) send(ctx context.Context, r request, body []byte, answer any) (int, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, c.base+r.Path, bytes.NewReader(body))
	if err != nil {
		return 0, fmt.Errorf("writing the request: %w", err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(req.Header, r.Header)
	if r.access == private {
		if err := c.authorize(ctx, req); err != nil {
			return 0, &notSent{err}
		}
	}
	return c.do(req, answer)
}

// do carries out a prepared request.
func (c *Client) do(req *http.Request, answer any) (int, error) {
	req.Header.Set("Accept", "application/json, application/problem+json")
	if c.options.Language != "" {
		req.Header.Set("Accept-Language", string(c.options.Language))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return 0, unreachable(err)
	}
	defer resp.Body.Close()
	c.learn(resp)
	text, err := io.ReadAll(io.LimitReader(resp.Body, MaxAnswerBytes+1))
	if err != nil {
		return resp.StatusCode, unreachable(err)
	}
	if len(text) > MaxAnswerBytes {
		return resp.StatusCode, &unreadable{fmt.Errorf("the gateway's answer is longer than %d bytes", MaxAnswerBytes)}
	}
	if resp.StatusCode >= http.StatusBadRequest {
		return resp.StatusCode, readProblem(resp, text)
	}
	if answer == nil {
		return resp.StatusCode, nil
	}
	if err := json.Unmarshal(text, answer); err != nil {
		return resp.StatusCode, &unreadable{fmt.Errorf("reading the gateway's answer to %s %s: %w", req.Method, req.URL.Path, err)}
	}
	return resp.StatusCode, nil
}
