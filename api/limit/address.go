package limit

import (
	"net/http"
	"net/netip"
	"strings"
)

// maxHops bounds how many proxies before the gateway are looked through.
const maxHops = 16

// Address gives the network address of who asks: that of the connection, or
// where it is a proxy's of ours, the last one in X-Forwarded-For that is not.
// What stands before that was written by the caller and is worth nothing. One
// subscriber has a whole /64 of IPv6 addresses, so they count as one. It is "" for
// a connection that has no network address.
func Address(r *http.Request, proxies []netip.Prefix) string {
	connection, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	from := connection.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for n := len(hops) - 1; n >= max(0, len(hops)-maxHops) && isOneOf(proxies, from); n-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[n]))
		if err != nil {
			break
		}
		from = hop.Unmap()
	}
	if from.Is6() {
		if network, err := from.WithZone("").Prefix(64); err == nil {
			return network.String()
		}
	}
	return from.String()
}

func isOneOf(proxies []netip.Prefix, address netip.Addr) bool {
	for _, p := range proxies {
		if p.Contains(address) {
			return true
		}
	}
	return false
}
