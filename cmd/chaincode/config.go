package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/hyperledger/fabric-chaincode-go/v2/shim"
)

// networkBytes is the length of the channel's digest, a SHA-256 value.
const networkBytes = 32

// config is all that can be set.
type config struct {
	id       string // the package's id, as the peer gave it when it was installed
	address  string // to listen on
	cert     string // file of the server's certificate
	key      string // file of its key
	clientCA string // file of the certificates that the peer's is checked against
	network  string // digest of the channel's first block
}

// parse reads the flags and lists everything that is wrong with them.
func parse(args []string, stderr io.Writer) (*config, error) {
	var c config
	flags := flag.NewFlagSet("chaincode", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.id, "id", "", "the chaincode package's `id`, label:hash")
	flags.StringVar(&c.address, "address", "", "`host:port` to listen on")
	flags.StringVar(&c.cert, "cert", "", "`file` of the server's TLS certificate, PEM")
	flags.StringVar(&c.key, "key", "", "`file` of the server's TLS key, PEM")
	flags.StringVar(&c.clientCA, "client-ca", "", "`file` of the certificates that the peer's TLS certificate must come from, PEM")
	flags.StringVar(&c.network, "network", "", "`digest` of the channel's first block, 64 lower-case hex digits")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, fmt.Errorf("it takes flags only, and got %q", flags.Arg(0))
	}
	return &c, c.check()
}

func (c *config) check() error {
	var faults []error
	fault := func(wrong bool, format string, args ...any) {
		if wrong {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	label, hash, ok := strings.Cut(c.id, ":")
	fault(!ok || label == "" || hash == "", "-id %q is not a package's id, label:hash", c.id)
	_, port, err := net.SplitHostPort(c.address)
	fault(err != nil || port == "", "-address %q is not host:port", c.address)
	digest, err := hex.DecodeString(c.network)
	fault(err != nil || len(digest) != networkBytes || strings.ToLower(c.network) != c.network,
		"-network %q is not 64 lower-case hex digits", c.network)
	fault(c.cert == "", "-cert is missing")
	fault(c.key == "", "-key is missing")
	fault(c.clientCA == "", "-client-ca is missing: only the peer may call, so its certificate is always checked")
	return errors.Join(faults...)
}

// tls reads the files. The shim would notice a bad one only when it starts, or,
// for the client's authority, never.
func (c *config) tls() (shim.TLSProperties, error) {
	var none shim.TLSProperties
	cert, err := os.ReadFile(c.cert)
	if err != nil {
		return none, fmt.Errorf("reading -cert: %w", err)
	}
	key, err := os.ReadFile(c.key)
	if err != nil {
		return none, fmt.Errorf("reading -key: %w", err)
	}
	clientCA, err := os.ReadFile(c.clientCA)
	if err != nil {
		return none, fmt.Errorf("reading -client-ca: %w", err)
	}
	if _, err := tls.X509KeyPair(cert, key); err != nil {
		return none, fmt.Errorf("-cert and -key do not make a pair: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(clientCA) {
		return none, fmt.Errorf("-client-ca %s holds no certificate", c.clientCA)
	}
	return shim.TLSProperties{Cert: cert, Key: key, ClientCACerts: clientCA}, nil
}
