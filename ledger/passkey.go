package ledger

import (
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

// originPattern is an origin as a browser writes it (RFC 6454 par. 6.2): scheme,
// host and port, and no more.
var originPattern = regexp.MustCompile(`^(https?)://([a-z0-9.-]+)(:[1-9][0-9]{0,4})?$`)

// Check says whether the pages that the passkey signs for are well named: a
// relying party and an origin that a browser would accept together (Web
// Authentication, Level 3, par. 5.1.3 step 8).
func (p *Passkey) Check() error {
	if len(p.RPID) > maxDomainBytes || !domainPattern.MatchString(p.RPID) {
		return invalid("passkey.rp_id", "a domain in lower case")
	}
	parts := originPattern.FindStringSubmatch(p.Origin)
	if parts == nil || len(p.Origin) > maxOriginBytes {
		return invalid("passkey.origin", "scheme, host and port, and no more")
	}
	scheme, host, port := parts[1], parts[2], parts[3]
	if scheme != "https" && host != "localhost" {
		return invalid("passkey.origin", "an https address, or http at localhost")
	}
	if scheme == "https" && port == ":443" || scheme == "http" && port == ":80" {
		return invalid("passkey.origin", "an address without its scheme's own port")
	}
	if !domainPattern.MatchString(host) || host != p.RPID && !strings.HasSuffix(host, "."+p.RPID) {
		return invalid("passkey.origin", "an address whose host is rp_id or lies under it")
	}
	return nil
}
