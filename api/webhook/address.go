package webhook

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/skuld-registry/skuld/ledger"
)

// Limits of an address and of the connections to it.
const (
	maxURLBytes        = 2048
	dialTime           = 5 * time.Second
	handshakeTime      = 5 * time.Second
	idleTime           = 90 * time.Second
	maxIdlePerHost     = maxPerHook
	maxHeaderBytes     = 16 << 10
	maxIdleConnections = maxAtOnce
)

// errAddress says that a name leads to an address that nothing is sent to.
var errAddress = errors.New("not a public address")

// Check refuses an address to which no events are sent. A name is not looked up:
// what it leads to may change, and is checked at each delivery.
func (d *Deliverer) Check(address string) error {
	refuse := func(detail string) error { return ledger.Refuse(ledger.CodeWebhookAddress, "detail", detail) }
	if len(address) > maxURLBytes {
		return refuse(fmt.Sprintf("it is longer than %d bytes", maxURLBytes))
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "" {
		return refuse("it is not an absolute URL")
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	literal, parsed := netip.ParseAddr(host)
	loopback := host == "localhost" || parsed == nil && literal.Unmap().IsLoopback()
	switch {
	case u.Scheme != "https" && !(d.Local && u.Scheme == "http" && loopback):
		return refuse("it must begin with https")
	case u.User != nil:
		return refuse("it must hold no name and password")
	case u.Fragment != "":
		return refuse("it must hold no fragment")
	case d.Local && loopback:
		return nil
	case parsed == nil && !public(literal):
		return refuse("it is not public")
	case parsed != nil && !strings.Contains(host, "."), reservedName(host):
		return refuse("its name is not public")
	}
	return nil
}

// reservedName says whether a name is one that no public server has (RFC 6761,
// RFC 6762, RFC 8375 and ICANN's reservation of internal).
func reservedName(host string) bool {
	for _, top := range []string{"localhost", "local", "internal", "home.arpa", "invalid", "test", "onion"} {
		if host == top || strings.HasSuffix(host, "."+top) {
			return true
		}
	}
	return false
}

// private are the blocks of unicast addresses that are not for the public, beside
// those that netip knows (IANA's registries of special-purpose addresses, RFC 6890).
// Of IPv6 only 2000::/3 is public at all.
var private = prefixes(
	"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24",
	"203.0.113.0/24", "240.0.0.0/4", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
)

var publicIPv6 = netip.MustParsePrefix("2000::/3")

func prefixes(all ...string) []netip.Prefix {
	parsed := make([]netip.Prefix, len(all))
	for i, text := range all {
		parsed[i] = netip.MustParsePrefix(text)
	}
	return parsed
}

// public says whether an address is one that anybody on the Internet can reach.
// An IPv4 address in IPv6's clothes is what it is underneath.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsValid() || a.Zone() != "" || !a.IsGlobalUnicast() || a.IsPrivate() || a.Is6() && !publicIPv6.Contains(a) {
		return false
	}
	for _, p := range private {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// publicTransport dials public addresses only, and with local those of its own
// host as well. The check is made of the address that is about to be connected
// to, after the name was looked up, so that a name cannot lead to one address
// when it is checked and to another when it is used. No proxy stands between,
// which would look names up by itself.
func publicTransport(local bool) *http.Transport {
	dialer := &net.Dialer{Timeout: dialTime, Control: func(_, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("%w: %w", errAddress, err)
		}
		if public(to.Addr()) || local && to.Addr().Unmap().IsLoopback() {
			return nil
		}
		return errAddress
	}}
	return &http.Transport{
		Proxy: nil, DialContext: dialer.DialContext, ForceAttemptHTTP2: true, TLSHandshakeTimeout: handshakeTime,
		ResponseHeaderTimeout: attemptTime, MaxResponseHeaderBytes: maxHeaderBytes, IdleConnTimeout: idleTime,
		MaxIdleConns: maxIdleConnections, MaxIdleConnsPerHost: maxIdlePerHost,
	}
}
