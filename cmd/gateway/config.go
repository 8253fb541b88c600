package main

import (
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"time"

	"github.com/skuld-registry/skuld/api"
	"github.com/skuld-registry/skuld/api/auth"
)

// config is everything that can be chosen about a gateway: the defaults, under
// what the file of -config says, under what the command line says. The keys of the
// file are explained in gateway.example.yaml. Secrets are named by file only.
type config struct {
	Fabric       string        `yaml:"fabric"` // file of the connection profile
	Listen       string        `yaml:"listen"` // host and port
	URL          string        `yaml:"url"`    // base of the gateway's addresses as clients see them
	Data         string        `yaml:"data"`   // folder of the database and the token keys
	Registration string        `yaml:"registration"`
	Proxies      []string      `yaml:"proxies"` // networks whose X-Forwarded-For is believed
	Drain        time.Duration `yaml:"drain"`   // between the word that it ends and the end
	TLS          tlsFiles      `yaml:"tls"`
	Database     database      `yaml:"database"`
	Limits       limits        `yaml:"limits"`
	Metrics      metricsConfig `yaml:"metrics"`
	Tracing      tracingConfig `yaml:"tracing"`
	Log          logConfig     `yaml:"log"`
	Webhooks     webhooks      `yaml:"webhooks"`
	Issuers      []issuer      `yaml:"issuers"`
	Pages        pagesConfig   `yaml:"pages"`
	Desk         deskConfig    `yaml:"desk"`

	rebuild     bool
	checkOnly   bool
	rotate      bool   // make a new key, instead of serving
	backupTo    string // file to write a backup to, instead of serving
	restoreFrom string // file to read a backup from, instead of serving
	invite      string // name of who gets a one-time link to the desk, instead of serving
	inviteAs    string // their roles
	file        configFile

	proxies  []netip.Prefix // what check has read of Proxies
	logLevel slog.Level     // and of Log.Level
}

// tlsFiles name the certificate chain and its key. Without them the gateway speaks
// plain HTTP, for a proxy on the same machine.
type tlsFiles struct {
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
}

// database says where the tables are: in a SQLite file of the data folder, or in
// PostgreSQL where a file holds its URL, which has the password in it.
type database struct {
	URLFile string `yaml:"url_file"`
}

// limits are those of callers; see api.Limits.
type limits struct {
	Party       rate `yaml:"party"`       // of each party that has proved who it is
	Address     rate `yaml:"address"`     // of each address whose requests prove nothing
	Requests    int  `yaml:"requests"`    // under way at a time, everybody's together
	Streams     int  `yaml:"streams"`     // of events, everybody's together
	Connections int  `yaml:"connections"` // open at a time; the next one waits
}

type rate struct {
	PerSecond int `yaml:"per_second"`
	Burst     int `yaml:"burst"`
	AtOnce    int `yaml:"at_once"`
}

type metricsConfig struct {
	Listen string `yaml:"listen"` // host and port of /metrics; none where empty
}

type tracingConfig struct {
	Endpoint string `yaml:"endpoint"` // of OTLP over HTTP; the standard's variables count where empty
	Percent  int    `yaml:"percent"`  // of the traces that begin here
}

type logConfig struct {
	Level  string `yaml:"level"`
	Format string `yaml:"format"`
}

type webhooks struct {
	AllowLocal bool `yaml:"allow_local"` // to http and to addresses of this machine: for trials
}

// logger writes to the standard error stream, which the service manager keeps.
func (c *config) logger(to io.Writer, level slog.Leveler) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "text" {
		return slog.New(slog.NewTextHandler(to, o))
	}
	return slog.New(slog.NewJSONHandler(to, o))
}

// issuer is an organisation's own issuer of access tokens (OpenID Connect).
type issuer struct {
	URL        string `yaml:"url"`
	Audience   string `yaml:"audience"`
	JWKS       string `yaml:"jwks"`        // address of its keys; its own configuration says it where empty
	PartyClaim string `yaml:"party_claim"` // the claim that names the party
}

func defaults() config {
	return config{
		Listen: "127.0.0.1:8080", Data: "gateway-data", Registration: closed,
		Limits: limits{
			Party:    rate{PerSecond: 5000, Burst: 10_000, AtOnce: 64},
			Address:  rate{PerSecond: 50, Burst: 500, AtOnce: 16},
			Requests: api.DefaultRequests, Streams: api.DefaultStreams, Connections: 8192,
		},
		Tracing: tracingConfig{Percent: 100},
		Log:     logConfig{Level: "info", Format: "json"},
		Desk:    deskConfig{Waiver: defaultWaiver, OIDC: oidcConfig{RolesClaim: "roles"}},
	}
}

// The words of registration.
const (
	opened = "open"
	closed = "closed"
)

// flags binds the command line to a configuration.
func (c *config) flags(stderr io.Writer) *flag.FlagSet {
	f := flag.NewFlagSet("gateway", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, "Serve one organisation's REST interface to the ledger.\n\nUsage:\n  gateway [flags]\n\nFlags:\n")
		f.PrintDefaults()
	}
	f.StringVar(&c.file.path, "config", "", "`file` with the configuration; flags count for more than what it says")
	f.StringVar(&c.Fabric, "fabric", c.Fabric, "`file` that says how to reach the Fabric channel")
	f.StringVar(&c.Listen, "listen", c.Listen, "`host:port` to serve on")
	f.StringVar(&c.Data, "data", c.Data, "`folder` for the database and the gateway's own key; made where there is none")
	f.StringVar(&c.URL, "url", c.URL, "base `URL` by which clients reach the gateway, where a proxy stands before it (default that of -listen)")
	f.StringVar(&c.Registration, "registration", c.Registration, "`open` lets anybody register as a party of the organisation; closed lets nobody")
	f.StringVar(&c.Metrics.Listen, "metrics.listen", c.Metrics.Listen, "`host:port` to serve /metrics on, never that of clients (default none)")
	f.BoolVar(&c.Webhooks.AllowLocal, "webhooks.allow_local", c.Webhooks.AllowLocal, "let webhooks go to this machine and without TLS, for trials")
	f.StringVar(&c.Pages.Origin, "pages.origin", c.Pages.Origin, "serve the pages for people, which browsers find at this `origin`: scheme, host and port")
	f.StringVar(&c.Pages.RPID, "pages.rp_id", c.Pages.RPID, "`domain` that passkeys are bound to")
	f.StringVar(&c.Pages.Name, "pages.name", c.Pages.Name, "`name` of the registry on its pages")
	f.StringVar(&c.Pages.Human, "pages.human", c.Pages.Human, "`name` of who answers the registry's telephone")
	f.StringVar(&c.Pages.Phone, "pages.phone", c.Pages.Phone, "the registry's telephone `number`")
	f.StringVar(&c.Pages.Hours, "pages.hours", c.Pages.Hours, "when somebody answers, in `words`")
	f.StringVar(&c.Pages.Email, "pages.email", c.Pages.Email, "the registry's `address` for mail")
	f.BoolVar(&c.Pages.Storybook, "pages.storybook", c.Pages.Storybook, "show every component of the pages in every state, for trials")
	f.StringVar(&c.Desk.Origin, "desk.origin", c.Desk.Origin, "serve the desk of the company's staff, which browsers find at this `origin`: scheme, host and port")
	f.StringVar(&c.Desk.RPID, "desk.rp_id", c.Desk.RPID, "`domain` that the passkeys of staff are bound to")
	f.StringVar(&c.Desk.Name, "desk.name", c.Desk.Name, "`name` of the company at its desk")
	f.StringVar(&c.Desk.Profile, "desk.profile", c.Desk.Profile, "`folder` of the company's profile, whose key signs what the desk does")
	f.BoolVar(&c.Desk.Await, "desk.await", c.Desk.Await, "wait for a profile that is not there yet, for trials")
	f.StringVar(&c.Desk.Registrar, "desk.registrar", c.Desk.Registrar, "base `URL` of the registrar's gateway, which tells persons what the desk does")
	f.StringVar(&c.Desk.Inbox, "desk.inbox", c.Desk.Inbox, "`folder` into which the bank's files are put")
	f.StringVar(&c.Desk.Letters.Folder, "desk.letters.folder", c.Desk.Letters.Folder, "`folder` into which letters are put for whoever prints and sends them")
	f.StringVar(&c.invite, "invite-administrator", "", "print a one-time link for who is called so to look after the staff of the desk, and end; a gateway may be serving")
	f.StringVar(&c.inviteAs, "invite-as", "", "`roles` of who is invited, parted by commas (default administrator)")
	f.BoolVar(&c.rebuild, "rebuild", false, "drop the read model and build it anew from the first block while serving")
	f.StringVar(&c.backupTo, "backup", "", "write what cannot be rebuilt from the ledger into a new `file`, and end; a gateway may be serving")
	f.StringVar(&c.restoreFrom, "restore", "", "read a backup's `file` into the database, which must be empty, and end")
	f.BoolVar(&c.rotate, "rotate-key", false, "make a new key for tokens and webhooks, which signs in an hour, and end; a gateway may be serving")
	f.BoolVar(&c.checkOnly, "check-config", false, "say whether the configuration is good, and end")
	return f
}

// parse reads the command line and the file that it names.
func parse(args []string, stderr io.Writer) (config, error) {
	c := defaults()
	flags := c.flags(stderr)
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		return c, fmt.Errorf("the argument %q is not a flag", flags.Arg(0))
	}
	if c.file.path == "" {
		return c, nil
	}
	given := map[string]string{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = f.Value.String() })
	path := c.file.path
	c = defaults()
	if err := c.read(path); err != nil {
		return c, err
	}
	flags = c.flags(io.Discard)
	for name, value := range given {
		delete(c.file.lines, name)
		if err := flags.Set(name, value); err != nil {
			return c, fmt.Errorf("reading the flag -%s: %w", name, err)
		}
	}
	return c, nil
}

func keysFolder(data string) string { return filepath.Join(data, "keys") }

func databaseFile(data string) string { return filepath.Join(data, "gateway.db") }

// baseURL gives the base of the gateway's addresses.
func (c *config) baseURL(listening net.Addr) string {
	switch {
	case c.URL != "":
		return strings.TrimRight(c.URL, "/")
	case c.TLS.Certificate != "":
		return "https://" + listening.String()
	}
	return "http://" + listening.String()
}

// authIssuers gives the issuers as package auth takes them.
func (c *config) authIssuers() []auth.Issuer {
	all := make([]auth.Issuer, len(c.Issuers))
	for i, one := range c.Issuers {
		all[i] = auth.Issuer{URL: one.URL, Audience: one.Audience, JWKS: one.JWKS, Claim: one.PartyClaim}
	}
	return all
}

// apiLimits gives the limits as package api takes them.
func (c *config) apiLimits() api.Limits {
	return api.Limits{
		Party: api.Rate(c.Limits.Party), Address: api.Rate(c.Limits.Address),
		Requests: c.Limits.Requests, Streams: c.Limits.Streams, Proxies: c.proxies,
	}
}
