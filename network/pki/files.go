package pki

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
)

// Modes of what is written: every folder holds a private key somewhere below.
const (
	folderMode = 0o700
	fileMode   = 0o600
)

// Hosts are the names and addresses that a TLS certificate is for.
type Hosts struct {
	Names     []string
	Addresses []net.IP
}

// Loopback is where a network listens that says no other place.
func Loopback() Hosts {
	return Hosts{Names: []string{"localhost"}, Addresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
}

// With adds an address or a name, unless it is empty.
func (h Hosts) With(host string) Hosts {
	if ip := net.ParseIP(host); ip != nil {
		h.Addresses = append(h.Addresses[:len(h.Addresses):len(h.Addresses)], ip)
	} else if host != "" {
		h.Names = append(h.Names[:len(h.Names):len(h.Names)], host)
	}
	return h
}

// The file names in an MSP folder. Fabric fixes the folders' names and not
// those of the files.
const rootFile = "cacerts/ca.pem"

// Write writes a certificate and its key.
func (p Pair) Write(certificate, key string) error {
	if err := WriteFile(certificate, p.Certificate); err != nil {
		return err
	}
	return WriteFile(key, p.Key)
}

// ReadPair reads a certificate and its key.
func ReadPair(certificate, key string) (Pair, error) {
	c, err := os.ReadFile(certificate)
	if err != nil {
		return Pair{}, fmt.Errorf("reading a certificate: %w", err)
	}
	k, err := os.ReadFile(key)
	if err != nil {
		return Pair{}, fmt.Errorf("reading a key: %w", err)
	}
	return Pair{Certificate: c, Key: k}, nil
}

// ReadAuthority reads the root whose files lie in a folder.
func ReadAuthority(dir string) (*Authority, error) {
	p, err := ReadPair(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
	if err != nil {
		return nil, err
	}
	return ParseAuthority(p)
}

// Write writes the root's files into a folder.
func (a *Authority) Write(dir string) error {
	p, err := a.Pair()
	if err != nil {
		return err
	}
	return p.Write(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"))
}

// WriteMSP writes the public part of an MSP: the two roots, and the rule that
// tells roles by the organisational unit. A local MSP has the same files beside
// its own certificate and key.
func WriteMSP(dir string, ca, tlsCA *Authority) error {
	if err := WriteFile(filepath.Join(dir, rootFile), ca.Certificate()); err != nil {
		return err
	}
	if err := WriteFile(filepath.Join(dir, "tlscacerts", "tlsca.pem"), tlsCA.Certificate()); err != nil {
		return err
	}
	return WriteFile(filepath.Join(dir, "config.yaml"), nodeUnits())
}

func nodeUnits() []byte {
	var b bytes.Buffer
	b.WriteString("NodeOUs:\n  Enable: true\n")
	for _, r := range Roles() {
		name := map[Role]string{Admin: "Admin", Client: "Client", Peer: "Peer", Orderer: "Orderer"}[r]
		fmt.Fprintf(&b, "  %sOUIdentifier: {Certificate: %s, OrganizationalUnitIdentifier: %s}\n", name, rootFile, r)
	}
	return b.Bytes()
}

// WriteFile writes a file that only its owner may read, and its folder.
func WriteFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), folderMode); err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	if err := os.WriteFile(path, content, fileMode); err != nil {
		return fmt.Errorf("writing a file: %w", err)
	}
	return nil
}
