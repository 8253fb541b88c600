package network

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/skuld-registry/skuld/network/pki"
)

// An organisation on another machine joins by two files. It makes its own keys
// and sends a Candidate; the members sign it in and send back a Welcome. Both
// hold public data alone, and whoever receives one compares its fingerprint with
// the sender by another way.

// MaxFileBytes bounds a candidate's or welcome's file. Most of a welcome is the
// channel's first block.
const MaxFileBytes = 4 << 20

// Candidate is what an organisation that wants to join shows the members.
type Candidate struct {
	Organisation Organisation `json:"organisation"`
	Host         string       `json:"host"`
	// Ports are those at which its peers are reached, by PortKey.
	Ports map[string]int `json:"ports"`
	Roots Roots          `json:"roots"`
	// Update is the change of the channel's configuration that admits it, and
	// Signatures are those of the members who have agreed to it so far.
	Update     []byte   `json:"update,omitempty"`
	Signatures [][]byte `json:"signatures,omitempty"`
}

// Fingerprint is what the candidate and the members compare, lowercase hex: a
// SHA-256 of all but the signatures.
func (c Candidate) Fingerprint() (string, error) {
	c.Update, c.Signatures = nil, nil
	return fingerprint(c)
}

// fingerprint is the SHA-256 of a value's JSON, in which keys are sorted.
func fingerprint(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encoding for a fingerprint: %w", err)
	}
	hash := sha256.Sum256(b)
	return hex.EncodeToString(hash[:]), nil
}

// Roots are an owner's root certificates, PEM.
type Roots struct {
	Enrolment string `json:"enrolment"`
	TLS       string `json:"tls"`
}

// Welcome is what the members tell an organisation that they have admitted.
type Welcome struct {
	Topology Topology          `json:"topology"`
	Hosts    map[string]string `json:"hosts"`
	// Ports are those at which nodes are reached, by PortKey.
	Ports map[string]int   `json:"ports"`
	Roots map[string]Roots `json:"roots"` // by owner
	// Definitions are the chaincodes that the channel has, with their sequences.
	Definitions map[string]int `json:"definitions"`
	Genesis     []byte         `json:"genesis"` // the channel's first block
}

// Fingerprint is what the members and the candidate compare.
func (w Welcome) Fingerprint() (string, error) { return fingerprint(w) }

// hostName is an address or a name of a machine.
var hostName = regexp.MustCompile(`^[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}$`)

// CheckHost says what is wrong with a host.
func CheckHost(host string) error {
	if net.ParseIP(host) == nil && (!hostName.MatchString(host) || strings.Contains(host, ":")) {
		return fmt.Errorf("%q is neither an address nor the name of a machine", host)
	}
	return nil
}

// Check says all that is wrong with a candidate. It comes from another machine.
func (c Candidate) Check() error {
	var faults []error
	if want := NewOrganisation(c.Organisation.Name, c.Organisation.Peers); c.Organisation != want {
		faults = append(faults, fmt.Errorf("%s has the MSP id %s, not %s", c.Organisation.Name, c.Organisation.MSPID, want.MSPID))
	}
	if !plainName.MatchString(c.Organisation.Name) || c.Organisation.Peers < 1 || c.Organisation.Peers > MaxPeers {
		faults = append(faults, fmt.Errorf("an organisation %q with %d peers; its name matches %s and it has 1 to %d",
			c.Organisation.Name, c.Organisation.Peers, plainName, MaxPeers))
	}
	faults = append(faults, CheckHost(c.Host), c.Roots.check(c.Organisation.Name))
	if err := errors.Join(faults...); err != nil {
		return err
	}
	for _, n := range c.Organisation.PeerNodes() {
		faults = append(faults, checkPort(c.Ports, n.Name))
	}
	if len(c.Ports) != c.Organisation.Peers {
		faults = append(faults, fmt.Errorf("%d ports for %d peers", len(c.Ports), c.Organisation.Peers))
	}
	return errors.Join(faults...)
}

// Check says all that is wrong with a welcome for an organisation.
func (w Welcome) Check(organisation string) error {
	if err := w.Topology.Validate(); err != nil {
		return fmt.Errorf("checking the topology: %w", err)
	}
	var faults []error
	if _, err := w.Topology.Organisation(organisation); err != nil {
		faults = append(faults, err)
	}
	for _, n := range w.Topology.Nodes() {
		faults = append(faults, checkPort(w.Ports, n.Name))
	}
	for _, owner := range w.Topology.Owners() {
		if host := w.Hosts[owner]; host != "" {
			faults = append(faults, CheckHost(host))
		}
		faults = append(faults, w.Roots[owner].check(owner))
	}
	for chaincode, sequence := range w.Definitions {
		if _, err := w.Topology.Chaincode(chaincode); err != nil || sequence < 1 {
			faults = append(faults, fmt.Errorf("a definition %d of the chaincode %q", sequence, chaincode))
		}
	}
	if _, err := dataHash(w.Genesis); err != nil {
		faults = append(faults, fmt.Errorf("reading the channel's first block: %w", err))
	}
	return errors.Join(faults...)
}

func checkPort(ports map[string]int, node string) error {
	const highest = 1<<16 - 1
	if p := ports[PortKey(node, ListenPort)]; p < 1 || p > highest {
		return fmt.Errorf("%s listens on port %d", node, p)
	}
	return nil
}

func (r Roots) check(owner string) error {
	for kind, text := range map[string]string{"root": r.Enrolment, "TLS root": r.TLS} {
		c, err := pki.ParseCertificate([]byte(text))
		if err != nil {
			return fmt.Errorf("reading the %s of %s: %w", kind, owner, err)
		}
		if !c.IsCA || c.CheckSignatureFrom(c) != nil {
			return fmt.Errorf("the %s of %s is no root certificate", kind, owner)
		}
	}
	return nil
}

// ReadFile reads a candidate or a welcome.
func ReadFile(path string, into any) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("reading what the other side sent: %w", err)
	}
	defer f.Close() //nolint:errcheck // It is only read.
	b, err := io.ReadAll(io.LimitReader(f, MaxFileBytes+1))
	if err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	if len(b) > MaxFileBytes {
		return fmt.Errorf("reading %s: it has more than %d bytes", path, MaxFileBytes)
	}
	if err := json.Unmarshal(b, into); err != nil {
		return fmt.Errorf("reading %s: %w", path, err)
	}
	return nil
}

// EnteringState is the state of a candidate's machine once the members have
// admitted it: it alone is here, and its ports are drawn but for those it told.
func EnteringState(w Welcome, c Candidate) (*State, error) {
	own := c.Organisation.Name
	s := &State{Topology: w.Topology, Ports: w.Ports, Hosts: w.Hosts, Complete: true, Joining: []string{own}}
	s.Remote = slices.DeleteFunc(w.Topology.Owners(), func(owner string) bool { return owner == own })
	if s.Hosts == nil {
		s.Hosts = map[string]string{}
	}
	s.Hosts[own] = c.Host
	chaincodes := slices.Sorted(maps.Keys(w.Definitions))
	var missing []string
	for _, k := range c.Organisation.portKeys() {
		if p, told := c.Ports[k]; told {
			s.Ports[k] = p
		} else {
			missing = append(missing, k)
		}
	}
	ports, err := FreePorts(len(missing)+len(chaincodes), s.portsInUse())
	if err != nil {
		return nil, fmt.Errorf("finding ports for %s: %w", own, err)
	}
	for i, k := range missing {
		s.Ports[k] = ports[i]
	}
	for i, name := range chaincodes {
		s.Deployments = append(s.Deployments, Deployment{
			Chaincode: name, Sequence: w.Definitions[name], Committed: true,
			Ports: map[string]int{own: ports[len(missing)+i]},
		})
	}
	return s, nil
}

// CheckRemote says why a candidate on another machine cannot become a member. One
// that is a member already may ask again with the same words.
func (s *State) CheckRemote(c Candidate) error {
	if err := c.Check(); err != nil {
		return fmt.Errorf("checking the candidate: %w", err)
	}
	name := c.Organisation.Name
	if known, err := s.Topology.Organisation(name); err == nil {
		same := known == c.Organisation && s.Hosts[name] == c.Host && !s.Here(name)
		for k, p := range c.Ports {
			same = same && s.Ports[k] == p
		}
		if !same {
			return fmt.Errorf("%s is a member already, as another than this candidate", name)
		}
		return nil
	}
	if err := s.with(c.Organisation).Validate(); err != nil {
		return fmt.Errorf("checking the topology with %s: %w", name, err)
	}
	return nil
}

// AddRemote writes down a member on another machine. CheckRemote must have found
// nothing wrong with it.
func (s *State) AddRemote(c Candidate) {
	name := c.Organisation.Name
	if _, err := s.Topology.Organisation(name); err == nil {
		return
	}
	for k, p := range c.Ports {
		s.Ports[k] = p
	}
	if s.Hosts == nil {
		s.Hosts = map[string]string{}
	}
	s.Hosts[name] = c.Host
	s.Remote = append(s.Remote, name)
	s.Topology = s.with(c.Organisation)
}
