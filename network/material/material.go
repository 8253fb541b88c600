// Package material makes what the processes of a network read: certificates,
// the genesis block, configuration files, chaincode packages and the external
// builder.
//
// Keys and the genesis block are made once, by Create. The configuration files
// follow from the state and are written again before every start, by Render, so
// that a home may be moved and a new version of this program may set them
// better. The package must not start a node or speak to one.
package material

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"text/template"

	"github.com/skuld-registry/skuld/network"
)

//go:embed templates builder
var files embed.FS

const profile = "Skuld"

// address is a host and port, as some configuration keys want them apart.
type address struct {
	Host string
	Port int
}

// Creation says what to create.
type Creation struct {
	Home        network.Home
	Topology    network.Topology
	Configtxgen string // the program's path
	Period      Period // of the certificates
	Host        string // where the nodes listen; empty is loopback
}

// Create makes the network's folder: its keys, its genesis block and its state.
// The folder gets its name last, so that it is complete or missing.
func Create(ctx context.Context, c Creation) (*network.State, error) {
	state, err := network.NewState(c.Topology)
	if err != nil {
		return nil, err
	}
	partial := c.Home.Partial()
	if err := os.RemoveAll(partial); err != nil {
		return nil, fmt.Errorf("removing a network that was never completed: %w", err)
	}
	crypto := network.Crypto(filepath.Join(partial, "crypto"))
	if c.Host != "" {
		state.Hosts = map[string]string{}
		for _, owner := range c.Topology.Owners() {
			state.Hosts[owner] = c.Host
		}
	}
	if err := (maker{crypto: crypto, state: state, period: c.Period}).all(); err != nil {
		return nil, err
	}
	if err := makeGenesis(ctx, c, state, crypto); err != nil {
		return nil, err
	}
	if err := state.Save(filepath.Join(partial, filepath.Base(c.Home.StateFile()))); err != nil {
		return nil, err
	}
	if err := os.Rename(partial, c.Home.Network()); err != nil {
		return nil, fmt.Errorf("naming the network's folder: %w", err)
	}
	return state, nil
}

// makeGenesis runs configtxgen.
func makeGenesis(ctx context.Context, c Creation, state *network.State, crypto network.Crypto) error {
	partial := c.Home.Partial()
	if err := writeTemplate(filepath.Join(partial, "configtx.yaml"), "configtx.yaml.tmpl", configtxValues(state, crypto)); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, c.Configtxgen, "-configPath", partial, "-profile", profile,
		"-channelID", network.Channel, "-outputBlock", filepath.Join(partial, filepath.Base(c.Home.Genesis())))
	cmd.Env = append(os.Environ(), "FABRIC_LOGGING_SPEC=warning")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("making the genesis block: %w: %s", err, out)
	}
	return nil
}

// Render writes the configuration files of every node and the external builder.
func Render(h network.Home, state *network.State) error {
	if err := writeBuilder(h.Builder()); err != nil {
		return err
	}
	if err := writePeerRoots(h, state.Topology); err != nil {
		return err
	}
	for _, n := range state.LocalNodes() {
		name := "core.yaml"
		if n.Kind == network.OrdererNode {
			name = "orderer.yaml"
		}
		if err := writeTemplate(filepath.Join(h.Node(n.Name), name), name+".tmpl", nodeValues(h, state, n)); err != nil {
			return err
		}
	}
	return nil
}

// writePeerRoots writes the TLS roots that every peer trusts from its start.
// Fabric adds those of the channel when a peer joins, but dials the other
// organisations' peers a moment before; one that then trusts too little gives
// up and waits.
func writePeerRoots(h network.Home, t network.Topology) error {
	var all []byte
	for _, o := range t.Organisations {
		root, err := os.ReadFile(h.Crypto().TLSRoot(o.Name))
		if err != nil {
			return fmt.Errorf("reading the TLS root of %s: %w", o.Name, err)
		}
		all = append(all, root...)
	}
	if err := os.MkdirAll(filepath.Dir(h.PeerRoots()), network.FolderMode); err != nil {
		return fmt.Errorf("making the folder of nodes: %w", err)
	}
	if err := os.WriteFile(h.PeerRoots(), all, network.PrivateMode); err != nil {
		return fmt.Errorf("writing the peers' TLS roots: %w", err)
	}
	return nil
}

// WriteConnections writes every organisation's connection profile.
func WriteConnections(h network.Home, state *network.State) error {
	digest, err := network.Digest(h)
	if err != nil {
		return err
	}
	for _, o := range state.Local() {
		c, err := state.Connection(h, o.Name, digest)
		if err != nil {
			return err
		}
		if err := os.MkdirAll(h.GatewayData(o.Name), network.FolderMode); err != nil {
			return fmt.Errorf("making the folder of %s: %w", o.Name, err)
		}
		if err := network.WriteJSON(h.ConnectionFile(o.Name), c); err != nil {
			return err
		}
	}
	return nil
}

func writeBuilder(dir string) error {
	scripts, err := fs.ReadDir(files, "builder")
	if err != nil {
		return fmt.Errorf("listing the external builder: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "bin"), network.FolderMode); err != nil {
		return fmt.Errorf("making the external builder's folder: %w", err)
	}
	for _, s := range scripts {
		text, err := files.ReadFile("builder/" + s.Name())
		if err != nil {
			return fmt.Errorf("reading the external builder: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, "bin", s.Name()), text, network.FolderMode); err != nil {
			return fmt.Errorf("writing the external builder: %w", err)
		}
	}
	return nil
}

// quote makes a YAML string of any path or policy: JSON strings are YAML.
func quote(s string) (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

func writeTemplate(path, name string, values any) error {
	t, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{"quote": quote}).ParseFS(files, "templates/"+name)
	if err != nil {
		return fmt.Errorf("reading the template %s: %w", name, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), network.FolderMode); err != nil {
		return fmt.Errorf("making a folder for %s: %w", name, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, network.PrivateMode)
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := errors.Join(t.Execute(f, values), f.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
