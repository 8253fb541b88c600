package network

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Channel is the name of the one channel that every network of ours has.
const Channel = "skuld"

// RegistryChaincode is the name of the chaincode that holds the notes.
const RegistryChaincode = "skuld"

// FloorChaincode is the name of the one-key-put chaincode that the benchmark
// compares the registry with.
const FloorChaincode = "floor"

// OrdererOwner and OrdererMSP name the organisation that runs the ordering
// service. It takes no part in endorsement.
const (
	OrdererOwner = "orderer"
	OrdererMSP   = "OrdererMSP"
)

// Limits on a topology. They are far above what one machine can run, and keep
// a mistyped topology from starting a thousand processes.
const (
	MaxOrderers      = 7
	MaxOrganisations = 16
	MaxPeers         = 4
	MaxChaincodes    = 8
	minBatchTimeout  = time.Millisecond
	maxBatchTimeout  = 10 * time.Second
)

// defaultBatchTimeout is the orderer's wait for more transactions before it
// cuts a block. Alone, a transaction takes this and about 17 ms more; under
// load a shorter one costs throughput, because a block has a fixed price on
// every peer.
const defaultBatchTimeout = 50 * time.Millisecond

// Topology says which organisations, nodes and chaincodes make up a network.
// It is data: nothing in it names a port, a file or a process.
type Topology struct {
	Name          string         `json:"name"`
	Orderers      int            `json:"orderers"`
	Organisations []Organisation `json:"organisations"`
	// Registrar names the organisation whose peer endorses every transaction.
	Registrar  string      `json:"registrar"`
	Chaincodes []Chaincode `json:"chaincodes"`
	// BatchTimeout is part of the channel's configuration: changing it in a
	// stored topology has no effect on a channel that exists.
	BatchTimeout time.Duration `json:"batch_timeout_ns"`
	// GOGC is passed to peers and orderers. 0 leaves Go's default. 400 gave
	// about 3 % more throughput for twice the memory.
	GOGC int `json:"gogc,omitempty"`
}

// Organisation is a member of the channel.
type Organisation struct {
	Name  string `json:"name"`
	MSPID string `json:"msp_id"`
	Peers int    `json:"peers"`
}

// NewOrganisation gives an organisation of that name the MSP id that ours have:
// lender2 is Lender2MSP. Whether its parties lend or collect is no matter of the
// network, which treats every member but the registrar alike.
func NewOrganisation(name string, peers int) Organisation {
	id := "MSP"
	if name != "" {
		id = strings.ToUpper(name[:1]) + name[1:] + id
	}
	return Organisation{Name: name, MSPID: id, Peers: peers}
}

// Chaincode is a contract deployed on the channel. Each organisation runs one
// server process of it, from Binary, a file name in the folder of programs.
type Chaincode struct {
	Name        string       `json:"name"`
	Binary      string       `json:"binary"`
	Collections []Collection `json:"collections,omitempty"`
}

// Collection is a private data collection. Members are names of organisations.
type Collection struct {
	Name          string   `json:"name"`
	Members       []string `json:"members"`
	RequiredPeers int      `json:"required_peers"`
	MaxPeers      int      `json:"max_peers"`
}

// Default is the network that a developer and most tests run: three
// organisations with one peer each, and one orderer.
func Default() Topology {
	return Topology{
		Name:     "default",
		Orderers: 1,
		Organisations: []Organisation{
			{Name: "lender", MSPID: "LenderMSP", Peers: 1},
			{Name: "collector", MSPID: "CollectorMSP", Peers: 1},
			{Name: "registrar", MSPID: "RegistrarMSP", Peers: 1},
		},
		Registrar:    "registrar",
		Chaincodes:   []Chaincode{registryChaincode(0)},
		BatchTimeout: defaultBatchTimeout,
	}
}

// Rehearsal is the larger network for faults and rehearsals: three orderers,
// so that one may be lost; two registrar peers, so that a private record is on
// two disks before its transaction is ordered; two lenders and two collectors.
func Rehearsal() Topology {
	return Topology{
		Name:     "rehearsal",
		Orderers: 3,
		Organisations: []Organisation{
			{Name: "lender", MSPID: "LenderMSP", Peers: 1},
			{Name: "lender2", MSPID: "Lender2MSP", Peers: 1},
			{Name: "collector", MSPID: "CollectorMSP", Peers: 1},
			{Name: "collector2", MSPID: "Collector2MSP", Peers: 1},
			{Name: "registrar", MSPID: "RegistrarMSP", Peers: 2},
		},
		Registrar:    "registrar",
		Chaincodes:   []Chaincode{registryChaincode(1)},
		BatchTimeout: defaultBatchTimeout,
	}
}

// registryChaincode keeps private records with the registrar alone. copies is
// how many other registrar peers must hold a record before it is endorsed.
func registryChaincode(copies int) Chaincode {
	return Chaincode{
		Name:   RegistryChaincode,
		Binary: "chaincode",
		Collections: []Collection{
			{Name: "registry", Members: []string{"registrar"}, RequiredPeers: copies, MaxPeers: copies},
		},
	}
}

// Floor is the chaincode that the benchmark compares the registry with: one
// put of one key, no rules, no private data.
func Floor() Chaincode { return Chaincode{Name: FloorChaincode, Binary: "floor"} }

// ByName returns the topology of that name.
func ByName(name string) (Topology, error) {
	for _, t := range []Topology{Default(), Rehearsal()} {
		if t.Name == name {
			return t, nil
		}
	}
	return Topology{}, fmt.Errorf("there is no topology %q; there are default and rehearsal", name)
}

// Organisation returns the organisation of that name.
func (t Topology) Organisation(name string) (Organisation, error) {
	for _, o := range t.Organisations {
		if o.Name == name {
			return o, nil
		}
	}
	return Organisation{}, fmt.Errorf("there is no organisation %q in the %s topology", name, t.Name)
}

// Chaincode returns the chaincode of that name.
func (t Topology) Chaincode(name string) (Chaincode, error) {
	for _, c := range t.Chaincodes {
		if c.Name == name {
			return c, nil
		}
	}
	return Chaincode{}, fmt.Errorf("there is no chaincode %q in the %s topology", name, t.Name)
}

// plainName is what an organisation, a chaincode or a binary may be called: it
// becomes part of file names, host names and policies.
var plainName = regexp.MustCompile(`^[a-z][a-z0-9]{0,19}$`)

var mspName = regexp.MustCompile(`^[A-Z][A-Za-z0-9]{0,29}MSP$`)

// Validate reports every fault of the topology, joined.
func (t Topology) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if t.Orderers < 1 || t.Orderers > MaxOrderers {
		fault("%d orderers; there may be 1 to %d", t.Orderers, MaxOrderers)
	}
	if t.BatchTimeout < minBatchTimeout || t.BatchTimeout > maxBatchTimeout {
		fault("a batch timeout of %s; it may be %s to %s", t.BatchTimeout, minBatchTimeout, maxBatchTimeout)
	}
	if n := len(t.Organisations); n < 2 || n > MaxOrganisations {
		fault("%d organisations; there may be 2 to %d", n, MaxOrganisations)
	}
	if n := len(t.Chaincodes); n > MaxChaincodes {
		fault("%d chaincodes; there may be at most %d", n, MaxChaincodes)
	}
	if t.GOGC < 0 {
		fault("GOGC %d is negative", t.GOGC)
	}
	names := map[string]bool{OrdererOwner: true}
	ids := map[string]bool{OrdererMSP: true}
	for _, o := range t.Organisations {
		switch {
		case !plainName.MatchString(o.Name):
			fault("organisation name %q does not match %s", o.Name, plainName)
		case names[o.Name]:
			fault("two organisations are called %q", o.Name)
		case !mspName.MatchString(o.MSPID):
			fault("MSP id %q of %s does not match %s", o.MSPID, o.Name, mspName)
		case ids[o.MSPID]:
			fault("two organisations have the MSP id %q", o.MSPID)
		case o.Peers < 1 || o.Peers > MaxPeers:
			fault("%s has %d peers; it may have 1 to %d", o.Name, o.Peers, MaxPeers)
		}
		names[o.Name], ids[o.MSPID] = true, true
	}
	if _, err := t.Organisation(t.Registrar); err != nil {
		fault("the registrar: %w", err)
	}
	faults = append(faults, t.chaincodeFaults()...)
	return errors.Join(faults...)
}

func (t Topology) chaincodeFaults() []error {
	var faults []error
	seen := map[string]bool{}
	for _, c := range t.Chaincodes {
		switch {
		case !plainName.MatchString(c.Name):
			faults = append(faults, fmt.Errorf("chaincode name %q does not match %s", c.Name, plainName))
		case !plainName.MatchString(c.Binary):
			faults = append(faults, fmt.Errorf("binary %q of chaincode %s does not match %s", c.Binary, c.Name, plainName))
		case seen[c.Name]:
			faults = append(faults, fmt.Errorf("two chaincodes are called %q", c.Name))
		}
		seen[c.Name] = true
		for _, k := range c.Collections {
			faults = append(faults, t.collectionFaults(c, k)...)
		}
	}
	return faults
}

func (t Topology) collectionFaults(c Chaincode, k Collection) []error {
	var faults []error
	if !plainName.MatchString(k.Name) {
		faults = append(faults, fmt.Errorf("collection name %q of chaincode %s does not match %s", k.Name, c.Name, plainName))
	}
	if len(k.Members) == 0 {
		faults = append(faults, fmt.Errorf("collection %s has no members", k.Name))
	}
	others := -1 // A peer does not send a record to itself.
	for _, m := range k.Members {
		o, err := t.Organisation(m)
		if err != nil {
			faults = append(faults, fmt.Errorf("collection %s: %w", k.Name, err))
			continue
		}
		others += o.Peers
	}
	if k.RequiredPeers < 0 || k.MaxPeers < k.RequiredPeers || k.RequiredPeers > others {
		faults = append(faults, fmt.Errorf("collection %s requires %d and allows %d other peers, and has %d",
			k.Name, k.RequiredPeers, k.MaxPeers, others))
	}
	return faults
}
