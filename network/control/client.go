package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/skuld-registry/skuld/network"
)

// ErrNotRunning says that no supervisor answers in the home.
var ErrNotRunning = errors.New("no network is running here")

// Client speaks to the supervisor of one home.
type Client struct {
	home network.Home
	http *http.Client
}

// NewClient prepares a client. No supervisor has to run yet.
func NewClient(h network.Home) *Client {
	return &Client{home: h, http: &http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			conn, err := dial(h)
			if err != nil {
				return nil, errors.Join(ErrNotRunning, err)
			}
			return conn, nil
		},
		DisableKeepAlives: true,
	}}}
}

// Status asks how the network is.
func (c *Client) Status(ctx context.Context) (Status, error) {
	var s Status
	err := c.do(ctx, http.MethodGet, "/status", &s)
	return s, err
}

// Kill ends a process at once, as kill -9 does; hold keeps it down until Start.
func (c *Client) Kill(ctx context.Context, name string, hold bool) error {
	return c.do(ctx, http.MethodPost, fmt.Sprintf("/processes/%s/kill?hold=%t", url.PathEscape(name), hold), nil)
}

// Start starts a process that is held down or was given up.
func (c *Client) Start(ctx context.Context, name string) error {
	return c.do(ctx, http.MethodPost, "/processes/"+url.PathEscape(name)+"/start", nil)
}

// Upgrade puts a new definition of a chaincode on the channel.
func (c *Client) Upgrade(ctx context.Context, chaincode string) error {
	return c.do(ctx, http.MethodPost, "/chaincodes/"+url.PathEscape(chaincode)+"/upgrade", nil)
}

// AddOrganisation makes an organisation a member of the channel.
func (c *Client) AddOrganisation(ctx context.Context, name string, peers int) error {
	return c.do(ctx, http.MethodPost, fmt.Sprintf("/organisations/%s?peers=%d", url.PathEscape(name), peers), nil)
}

// Renew renews the certificates that end within a time, and says which.
func (c *Client) Renew(ctx context.Context, within time.Duration) (renewed []string, err error) {
	err = c.do(ctx, http.MethodPost, "/renewal?within="+within.String(), &renewed)
	return renewed, err
}

// AdmitCandidate makes an organisation on another machine a member of the channel.
func (c *Client) AdmitCandidate(ctx context.Context, candidate network.Candidate) (w network.Welcome, err error) {
	body, err := json.Marshal(candidate)
	if err != nil {
		return w, fmt.Errorf("encoding the candidate: %w", err)
	}
	err = c.send(ctx, request{method: http.MethodPost, path: "/admissions", body: body}, &w)
	return w, err
}

func (c *Client) do(ctx context.Context, method, path string, into any) error {
	return c.send(ctx, request{method: method, path: path}, into)
}

// request is what the supervisor is asked.
type request struct {
	method, path string
	body         []byte
}

func (c *Client) send(ctx context.Context, r request, into any) error {
	req, err := http.NewRequestWithContext(ctx, r.method, "http://supervisor"+r.path, bytes.NewReader(r.body))
	if err != nil {
		return fmt.Errorf("asking the supervisor: %w", err)
	}
	resp, err := c.http.Do(req)
	if errors.Is(err, ErrNotRunning) {
		return fmt.Errorf("%w (%s); start one with `network up`", ErrNotRunning, c.home)
	}
	if err != nil {
		return fmt.Errorf("asking the supervisor: %w", err)
	}
	defer resp.Body.Close() //nolint:errcheck // It has been read.
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return fmt.Errorf("reading the supervisor's answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		var f failure
		if json.Unmarshal(body, &f) == nil && f.Error != "" {
			return errors.New(f.Error)
		}
		return fmt.Errorf("the supervisor answered %s", resp.Status)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("reading the supervisor's answer: %w", err)
	}
	return nil
}
