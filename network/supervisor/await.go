package supervisor

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Limits of waiting for what was started.
const (
	readyLimit    = 60 * time.Second
	questionLimit = 2 * time.Second
	questionPause = 50 * time.Millisecond
)

// await asks until the answer is good, and returns the last error if it never
// is.
func await(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	for {
		question, cancel := context.WithTimeout(ctx, questionLimit)
		err := ask(question)
		cancel()
		if err == nil {
			return nil
		}
		timer := time.NewTimer(questionPause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
	}
}

// awaitListening waits until something accepts connections at the address.
func awaitListening(ctx context.Context, address string) error {
	return await(ctx, func(ctx context.Context) error {
		var dialer net.Dialer
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err != nil {
			return err
		}
		return conn.Close()
	})
}

// awaitReady waits until the URL of a process of ours answers 200. Its
// certificate is not looked at: it is for the name that clients type, not for
// the address at which it listens here, and nothing is told to it.
func awaitReady(ctx context.Context, url string) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	return await(ctx, func(ctx context.Context) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		if err := resp.Body.Close(); err != nil {
			return err
		}
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s answers %s", url, resp.Status)
		}
		return nil
	})
}
