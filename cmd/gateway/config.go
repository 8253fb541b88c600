package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger/fabric"
)

// config is what the command line says.
type config struct {
	fabric           string // file of the connection profile
	listen           string // host and port
	data             string // folder of the database and the token key
	url              string // base of the gateway's addresses as clients see them
	registration     string
	registrationOpen bool
	rebuild          bool
	checkOnly        bool
}

func parse(args []string, stderr io.Writer) (config, error) {
	var c config
	flags := flag.NewFlagSet("gateway", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.fabric, "fabric", "", "`file` that says how to reach the Fabric channel")
	flags.StringVar(&c.listen, "listen", "127.0.0.1:8080", "`host:port` to serve on")
	flags.StringVar(&c.data, "data", "gateway-data", "`folder` for the database and the gateway's own key; made where there is none")
	flags.StringVar(&c.url, "url", "", "base `URL` by which clients reach the gateway, where a proxy stands before it (default http://HOST:PORT)")
	flags.StringVar(&c.registration, "registration", "closed", "`open` lets anybody register as a party of the organisation; closed lets nobody")
	flags.BoolVar(&c.rebuild, "rebuild", false, "drop the read model and build it anew from the first block while serving")
	flags.BoolVar(&c.checkOnly, "check-config", false, "say whether the configuration is good, and end")
	if err := flags.Parse(args); err != nil {
		return c, err
	}
	if flags.NArg() > 0 {
		return c, fmt.Errorf("the argument %q is not a flag", flags.Arg(0))
	}
	c.registrationOpen = c.registration == "open"
	return c, nil
}

// check lists every fault at once, and makes the data folder.
func (c *config) check() (fabric.Profile, error) {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf("  "+format, args...)) }
	var profile fabric.Profile
	var err error
	if c.fabric == "" {
		fault("-fabric is missing: name the connection profile of the organisation")
	} else if profile, err = fabric.ReadProfile(c.fabric); err != nil {
		fault("-fabric: %v", err)
	}
	if _, _, err := net.SplitHostPort(c.listen); err != nil {
		fault("-listen: %v", err)
	}
	if u, err := url.Parse(c.url); c.url != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "") {
		fault("-url: %q is not the base of a web address", c.url)
	}
	if c.registration != "open" && c.registration != "closed" {
		fault("-registration is %q; it must be open or closed", c.registration)
	}
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		fault("-data: %v", err)
	} else if _, err := auth.LoadKey(c.keyFile()); err != nil {
		fault("-data: %v", err)
	}
	return profile, errors.Join(faults...)
}

func (c *config) keyFile() string { return keyFile(c.data) }

func keyFile(data string) string { return filepath.Join(data, "token-key.pem") }

func databaseFile(data string) string { return filepath.Join(data, "gateway.db") }

// baseURL gives the base of the gateway's addresses.
func (c *config) baseURL(listening net.Addr) string {
	if c.url != "" {
		return strings.TrimRight(c.url, "/")
	}
	return "http://" + listening.String()
}
