package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/skuld-registry/skuld/api/events"
	"github.com/skuld-registry/skuld/api/store"
)

// Limits of one attempt.
const (
	attemptTime = 10 * time.Second
	// maxAnswerBytes is what is read of an answer, so that its connection can be
	// used again; one that is longer loses its connection.
	maxAnswerBytes = 4 << 10
	userAgent      = "skuld-webhook/1"
)

// The headers of a delivery.
const (
	HeaderEvent     = "Skuld-Event"     // the operation, or ping
	HeaderDelivery  = "Skuld-Delivery"  // the delivery's id, the same at each attempt
	HeaderPosition  = "Skuld-Position"  // the event's id; not of a ping
	HeaderSignature = "Skuld-Signature" // a JWS whose claims bind the body
)

// SignatureType is the typ of a delivery's signature. It keeps one from being
// taken for an access token, which the same keys sign.
const SignatureType = "skuld-event+jwt"

// Why an attempt does not count as delivered.
const (
	FaultAddress     = "address"     // the name leads to no public address
	FaultTLS         = "tls"         // the receiver's certificate is not good
	FaultTimeout     = "timeout"     // no answer within ten seconds
	FaultUnreachable = "unreachable" // no connection, or one that broke
	FaultRedirect    = "redirect"    // an answer that points elsewhere
	FaultStatus      = "status"      // an answer that is no 2xx
	FaultGateway     = "gateway"     // a fault of ours
)

// Message is what is sent.
type Message struct {
	Event    string // the operation, or ping
	Delivery string
	Position string
	Body     any
}

// Event gives the message of a delivery.
func Event(d store.Delivery) Message {
	return Message{
		Event: string(d.Entry.Result.Op), Delivery: d.ID, Position: events.ID(d.Entry.Position), Body: events.Of(d.Entry),
	}
}

// Ping gives a message that tells of nothing.
func Ping(delivery string, w store.Webhook, at time.Time) Message {
	return Message{Event: "ping", Delivery: delivery, Body: struct {
		Webhook string    `json:"webhook"`
		At      time.Time `json:"at"`
	}{w.ID, at.UTC().Truncate(time.Second)}}
}

// claims are what a signature says (RFC 7519), with the digest of the body.
type claims struct {
	Issuer   string `json:"iss"`
	Audience string `json:"aud"` // the webhook's address
	ID       string `json:"jti"` // the delivery's
	Issued   int64  `json:"iat"`
	Webhook  string `json:"webhook"`
	Event    string `json:"event"`
	Digest   string `json:"digest"` // SHA-256 of the body, in base64url
}

// Send makes one attempt and says how it went, and how long the receiver asks to
// wait before the next. What is under way when ctx ends is finished.
func (d *Deliverer) Send(ctx context.Context, w store.Webhook, m Message) (a store.Attempt, wait time.Duration) {
	a.At = d.Clock()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), attemptTime)
	defer cancel()
	req, err := d.request(ctx, w, m, a.At)
	if err != nil {
		d.Log.Error("a delivery cannot be written", "webhook", w.ID, "error", err)
		a.Fault = FaultGateway
		return a, 0
	}
	resp, err := d.client.Do(req)
	a.Took = d.Clock().Sub(a.At)
	if err != nil {
		a.Fault = faultOf(err)
		return a, 0
	}
	// What the receiver says beside its status is neither read nor kept.
	_, _ = io.CopyN(io.Discard, resp.Body, maxAnswerBytes)
	resp.Body.Close()
	a.Status = resp.StatusCode
	switch resp.StatusCode / 100 {
	case 2:
		return a, 0
	case 3:
		a.Fault = FaultRedirect
		return a, 0
	}
	a.Fault = FaultStatus
	return a, retryAfter(resp.Header.Get("Retry-After"), a.At)
}

func (d *Deliverer) request(ctx context.Context, w store.Webhook, m Message, at time.Time) (*http.Request, error) {
	body, err := json.Marshal(m.Body)
	if err != nil {
		return nil, fmt.Errorf("writing the event: %w", err)
	}
	digest := sha256.Sum256(body)
	text, err := json.Marshal(claims{
		Issuer: d.Issuer, Audience: w.URL, ID: m.Delivery, Issued: at.Unix(), Webhook: w.ID, Event: m.Event,
		Digest: base64.RawURLEncoding.EncodeToString(digest[:]),
	})
	if err != nil {
		return nil, fmt.Errorf("writing what is signed: %w", err)
	}
	signature, err := d.Signer.Sign(text, SignatureType)
	if err != nil {
		return nil, fmt.Errorf("signing the event: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("writing the request: %w", err)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": userAgent, HeaderEvent: m.Event, HeaderDelivery: m.Delivery, HeaderSignature: signature,
	} {
		req.Header.Set(name, value)
	}
	if m.Position != "" {
		req.Header.Set(HeaderPosition, m.Position)
	}
	return req, nil
}

// faultOf gives the class of an error, which says enough and repeats nothing of
// what a receiver wrote.
func faultOf(err error) string {
	if errors.Is(err, errAddress) {
		return FaultAddress
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return FaultTimeout
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return FaultTLS
	}
	return FaultUnreachable
}
