package main

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"time"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger/fabric"
)

// Bounds of what can be chosen.
const (
	maxRate    = 1_000_000
	maxPlaces  = 100_000
	maxDrain   = time.Minute
	maxIssuers = 16
	maxProxies = 64
)

// faults gathers all that is wrong with a configuration.
type faults struct {
	file *configFile
	all  []error
}

// add notes a fault of a key.
func (f *faults) add(key, format string, args ...any) {
	f.all = append(f.all, fmt.Errorf("  %s: %w", f.file.name(key), fmt.Errorf(format, args...)))
}

// within notes a number that is out of bounds.
func (f *faults) within(key string, n, least, most int) {
	if n < least || n > most {
		f.add(key, "%d is not between %d and %d", n, least, most)
	}
}

// check lists every fault at once, and makes the data folder.
func (c *config) check() (fabric.Profile, error) {
	f := &faults{file: &c.file}
	var profile fabric.Profile
	var err error
	if c.Fabric == "" {
		f.add("fabric", "it is missing: name the connection profile of the organisation")
	} else if profile, err = fabric.ReadProfile(c.Fabric); err != nil {
		f.add("fabric", "%w", err)
	}
	if c.Registration != opened && c.Registration != closed {
		f.add("registration", "%q is neither open nor closed", c.Registration)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		f.add("data", "%w", err)
	} else if _, err := auth.OpenKeys(keysFolder(c.Data), time.Now, nil); err != nil {
		f.add("data", "%w", err)
	}
	c.checkAddresses(f)
	c.checkFiles(f)
	c.checkLimits(f)
	c.Pages.check(f)
	c.Desk.check(f, c.Pages.on())
	if c.Log.Format != "json" && c.Log.Format != "text" {
		f.add("log.format", "%q is neither json nor text", c.Log.Format)
	}
	if err := c.logLevel.UnmarshalText([]byte(c.Log.Level)); err != nil {
		f.add("log.level", "%q is not debug, info, warn or error", c.Log.Level)
	}
	if len(f.all) > 0 {
		return profile, errors.Join(f.all...)
	}
	return profile, nil
}

func (c *config) checkAddresses(f *faults) {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		f.add("listen", "%w", err)
	}
	if c.Metrics.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Metrics.Listen); err != nil {
			f.add("metrics.listen", "%w", err)
		} else if c.Metrics.Listen == c.Listen {
			f.add("metrics.listen", "it must be another address than that of clients")
		}
	}
	if c.URL != "" && !isBase(c.URL, "http", "https") {
		f.add("url", "%q is not the base of a web address", c.URL)
	}
	if c.Tracing.Endpoint != "" && !isBase(c.Tracing.Endpoint, "http", "https") {
		f.add("tracing.endpoint", "%q is not a web address", c.Tracing.Endpoint)
	}
	f.within("issuers", len(c.Issuers), 0, maxIssuers)
	for i, issuer := range c.authIssuers() {
		if err := issuer.Check(); err != nil {
			f.add(fmt.Sprintf("issuers[%d]", i), "%w", err)
		}
	}
}

// isBase says whether a text is a web address to which a path can be added.
func isBase(text string, schemes ...string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return false
	}
	for _, s := range schemes {
		if u.Scheme == s {
			return true
		}
	}
	return false
}

// checkFiles looks into the files that the configuration names, as starting would.
func (c *config) checkFiles(f *faults) {
	switch {
	case c.TLS.Certificate == "" && c.TLS.Key == "":
	case c.TLS.Certificate == "":
		f.add("tls.key", "tls.certificate is missing beside it")
	case c.TLS.Key == "":
		f.add("tls.certificate", "tls.key is missing beside it")
	default:
		if err := forOwnerOnly(c.TLS.Key); err != nil {
			f.add("tls.key", "%w", err)
		} else if _, err := tls.LoadX509KeyPair(c.TLS.Certificate, c.TLS.Key); err != nil {
			f.add("tls.certificate", "%w", err)
		}
	}
	if c.Database.URLFile != "" {
		if err := forOwnerOnly(c.Database.URLFile); err != nil {
			f.add("database.url_file", "%w", err)
		}
	}
}

// forOwnerOnly refuses a file with a secret that every user of the machine can
// read. Its group may: that is how a service is given what another owner renews.
func forOwnerOnly(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o037 != 0 {
		return fmt.Errorf("%s may be read or written by others; allow its owner only (chmod 600), and its group at most to read", path)
	}
	return nil
}

func (c *config) checkLimits(f *faults) {
	within := func(key string, r rate) {
		f.within(key+".per_second", r.PerSecond, 1, maxRate)
		f.within(key+".burst", r.Burst, 1, maxRate)
		f.within(key+".at_once", r.AtOnce, 1, maxPlaces)
	}
	within("limits.party", c.Limits.Party)
	within("limits.address", c.Limits.Address)
	f.within("limits.requests", c.Limits.Requests, 1, maxPlaces)
	f.within("limits.streams", c.Limits.Streams, 1, maxPlaces)
	f.within("limits.connections", c.Limits.Connections, 1, maxPlaces)
	f.within("proxies", len(c.Proxies), 0, maxProxies)
	c.proxies = nil
	for i, text := range c.Proxies {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			f.add(fmt.Sprintf("proxies[%d]", i), "%q is not a network such as 10.1.2.0/24", text)
		}
		c.proxies = append(c.proxies, network)
	}
	f.within("tracing.percent", c.Tracing.Percent, 0, 100)
	if c.Drain < 0 || c.Drain > maxDrain {
		f.add("drain", "%s is not between 0s and %s", c.Drain, maxDrain)
	}
}
