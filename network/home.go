package network

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// HomeVariable is the environment variable that names the home.
const HomeVariable = "SKULD_HOME"

// defaultHome is the home when nothing names one, in the working folder.
const defaultHome = ".skuld"

// markerText is what the marker file says to a person who finds it.
const markerText = "This folder was made by the network program. `network reset` deletes the network in it.\n"

// Modes of what the home holds: it has private keys.
const (
	FolderMode  fs.FileMode = 0o700
	PrivateMode fs.FileMode = 0o600
)

// Home is the absolute path of the folder that holds everything a network
// keeps. Its methods say where.
type Home string

// FindHome returns the home that dir names, or else the environment, or else
// the default in the working folder. The folder need not exist.
func FindHome(dir string) (Home, error) {
	if dir == "" {
		dir = os.Getenv(HomeVariable)
	}
	if dir == "" {
		dir = defaultHome
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("finding the home %s: %w", dir, err)
	}
	return Home(abs), nil
}

func (h Home) path(parts ...string) string {
	return filepath.Join(append([]string{string(h)}, parts...)...)
}

// Marker is the file that says that the folder is ours to delete from.
func (h Home) Marker() string { return h.path(".skuld-network") }

// Lock is the file that the running supervisor holds locked.
func (h Home) Lock() string { return h.path("supervisor.lock") }

// ControlName is the file name, in the home, of the supervisor's socket.
const ControlName = "control.sock"

// Log is the log of a process.
func (h Home) Log(process string) string { return h.path("logs", process+".log") }

// Logs is the folder of the logs.
func (h Home) Logs() string { return h.path("logs") }

// EndpointsFile names the gateways' addresses once everything is ready.
func (h Home) EndpointsFile() string { return h.path("endpoints.json") }

// Demo is the folder of the profiles of the demonstration's parties, which are
// nobody on another network.
func (h Home) Demo() string { return h.path("demo") }

// CAFile says which organisations have a Fabric CA.
func (h Home) CAFile() string { return h.path("ca.json") }

// Organisation is the folder of what is an organisation's own: its connection
// profile and its gateway's data.
func (h Home) Organisation(name string) string { return h.path(name) }

// ConnectionFile is an organisation's connection profile.
func (h Home) ConnectionFile(organisation string) string { return h.path(organisation, "fabric.json") }

// GatewayConfiguration is where an organisation may put its gateway's
// configuration.
func (h Home) GatewayConfiguration(organisation string) string {
	return h.path(organisation, "gateway.yaml")
}

// GatewayData is the folder of an organisation's gateway.
func (h Home) GatewayData(organisation string) string { return h.path(organisation, "gateway") }

// Network is the folder of the network's own state.
func (h Home) Network() string { return h.path("network") }

// Partial is where the network's folder is made before it gets its name, so
// that a half made one is never used.
func (h Home) Partial() string { return h.path("network.partial") }

// StateFile holds the State.
func (h Home) StateFile() string { return h.path("network", "state.json") }

// Genesis is the channel's first block.
func (h Home) Genesis() string { return h.path("network", "genesis.block") }

// Processes records what the supervisor started.
func (h Home) Processes() string { return h.path("network", "processes.json") }

// Crypto is the folder of the certificates and keys.
func (h Home) Crypto() Crypto { return Crypto(h.path("network", "crypto")) }

// Joining is where the certificates of an organisation that is to join are made
// before they get their place.
func (h Home) Joining() Crypto { return Crypto(h.path("network", "joining")) }

// CandidateFile is what an organisation that is to join shows the members.
func (h Home) CandidateFile() string { return h.path("network", "candidate.json") }

// Node is the folder of a peer's or orderer's configuration and data.
func (h Home) Node(name string) string { return h.path("network", "nodes", name) }

// NodeData is the folder of what a peer or orderer keeps: its ledger.
func (h Home) NodeData(name string) string { return filepath.Join(h.Node(name), "data") }

// PeerRoots holds the TLS roots of all organisations, for their peers.
func (h Home) PeerRoots() string { return h.path("network", "nodes", "peer-roots.pem") }

// Builder is the external builder that the peers call.
func (h Home) Builder() string { return h.path("network", "builder") }

// Package is an organisation's package of a chaincode definition.
func (h Home) Package(label, organisation string) string {
	return h.path("network", "packages", label+"."+organisation+".tgz")
}

// Claim makes the folder if it is missing and marks it as ours. A folder that
// holds something else already is refused, so that a mistyped home never mixes
// with a person's files.
func (h Home) Claim() error {
	if h.Claimed() {
		return nil
	}
	entries, err := os.ReadDir(string(h))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("looking into the home: %w", err)
	}
	for _, e := range entries {
		if e.Name() == "network" || e.Name() == "logs" {
			return fmt.Errorf("%s has a folder %s that this program did not make; choose another home by --home or %s", h, e.Name(), HomeVariable)
		}
	}
	if err := os.MkdirAll(string(h), FolderMode); err != nil {
		return fmt.Errorf("making the home: %w", err)
	}
	if err := os.WriteFile(h.Marker(), []byte(markerText), PrivateMode); err != nil {
		return fmt.Errorf("marking the home: %w", err)
	}
	return nil
}

// Claimed reports whether the folder carries our marker.
func (h Home) Claimed() bool {
	_, err := os.Stat(h.Marker())
	return err == nil
}

// Reset deletes what a network left in the home: its state, its logs, the
// organisations' folders and the profiles of the demonstration. It refuses a folder that is not marked as ours, and
// leaves what others put beside. No process may be running on it.
func (h Home) Reset() error {
	if _, err := os.Stat(string(h)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if !h.Claimed() {
		return fmt.Errorf("%s has no marker file %s, so it is not a network's home and nothing in it is deleted", h, filepath.Base(h.Marker()))
	}
	var doomed []string
	if state, err := LoadState(h); err == nil {
		for _, o := range state.Topology.Organisations {
			doomed = append(doomed, h.Organisation(o.Name))
		}
	}
	doomed = append(doomed, h.Demo(), h.EndpointsFile(), h.path(ControlName), h.Partial(), h.Logs(), h.Network(), h.Lock(), h.Marker())
	// A reset that was cut off can be repeated: the marker goes last, and the state
	// after the organisations' folders, which only it names.
	for _, path := range doomed {
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("deleting the network: %w", err)
		}
	}
	// If something else lives there, the folder stays.
	_ = os.Remove(string(h))
	return nil
}
