package ledger

import (
	"net/url"
	"regexp"
	"strings"
)

// Limits on what a passkey names.
const (
	maxDomainBytes = 253 // RFC 1035 par. 2.3.4, as text
	maxOriginBytes = 300
)

// domainPattern is a domain in lower case, in its ASCII form. A single label is
// a domain too: localhost.
var domainPattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

// Check says whether the pages that the passkey signs for are well named: a
// relying party and an origin that a browser would accept together (Web
// Authentication, Level 3, par. 5.1.3 step 8).
func (p *Passkey) Check() error {
	if len(p.RPID) > maxDomainBytes || !domainPattern.MatchString(p.RPID) {
		return invalid("passkey.rp_id", "a domain in lower case")
	}
	u, err := url.Parse(p.Origin)
	if err != nil || len(p.Origin) > maxOriginBytes || u.Scheme+"://"+u.Host != p.Origin {
		return invalid("passkey.origin", "scheme, host and port, and no more")
	}
	host := u.Hostname()
	if u.Scheme != "https" && (u.Scheme != "http" || host != "localhost") {
		return invalid("passkey.origin", "an https address, or http at localhost")
	}
	// A browser writes no port where it is the scheme's own, and compares bytes.
	if port := u.Port(); strings.HasSuffix(u.Host, ":") || port == "443" && u.Scheme == "https" || port == "80" && u.Scheme == "http" {
		return invalid("passkey.origin", "an address without a port where it is the scheme's own")
	}
	if !domainPattern.MatchString(host) || host != p.RPID && !strings.HasSuffix(host, "."+p.RPID) {
		return invalid("passkey.origin", "an address whose host is rp_id or lies under it")
	}
	return nil
}
