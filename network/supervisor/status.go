package supervisor

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/process"
)

// tailSize and tailLines bound what an error shows of a log.
const (
	tailSize  = 8 << 10
	tailLines = 15
)

// Status describes the network.
func (s *Supervisor) Status() control.Status {
	s.mu.Lock()
	status := control.Status{
		Phase: s.phase, Home: string(s.home), Topology: s.state.Topology.Name,
		Digest: s.digest, Steps: slices.Clone(s.steps),
	}
	addresses := s.addresses()
	if s.options.Gateways {
		// They are written once the gateways answer.
		status.Endpoints, _ = network.ReadEndpoints(s.home)
	}
	topology := s.state.Topology
	s.mu.Unlock()
	soon, err := ending(s.home, topology, time.Now())
	if err != nil {
		soon = []control.Ending{{Certificate: err.Error()}}
	}
	status.Ending = soon
	for _, info := range s.table.List() {
		p := control.Process{Info: info, Address: addresses[info.Name], Log: s.home.Log(info.Name)}
		if info.ID != nil {
			// A process that ends meanwhile has no memory to tell of.
			p.Memory, _ = process.Memory(info.ID.PID)
		}
		status.Processes = append(status.Processes, p)
	}
	return status
}

// addresses lists, by process, where it listens. The caller holds the mutex.
func (s *Supervisor) addresses() map[string]string {
	m := map[string]string{}
	for _, n := range s.state.LocalNodes() {
		m[n.Name] = s.state.Address(n.Name, network.ListenPort)
	}
	for _, o := range s.state.Local() {
		m[network.GatewayProcess(o.Name)] = s.state.Address(network.GatewayProcess(o.Name), network.ListenPort)
		for _, d := range s.state.Deployments {
			m[network.ChaincodeProcess(d.Chaincode, o.Name)] = network.Address(d.Ports[o.Name])
		}
	}
	return m
}

// Kill ends a process at once.
func (s *Supervisor) Kill(name string, hold bool) error { return s.table.Kill(name, hold) }

// Release starts a process that is held down or was given up.
func (s *Supervisor) Release(name string) error { return s.table.Release(name) }

// record writes down what runs, so that it can be ended even if the kernel's
// promise to end it with its supervisor should fail.
func (s *Supervisor) record(infos []process.Info) {
	if err := network.WriteJSON(s.home.Processes(), infos); err != nil {
		fmt.Fprintln(os.Stderr, "network: writing down what runs:", err)
	}
}

// leftoverLimit bounds the wait for a killed process to be gone, in tries of
// leftoverPause.
const (
	leftoverLimit = 100
	leftoverPause = 20 * time.Millisecond
)

// EndLeftovers kills what an earlier supervisor of the home wrote down and that
// still runs. It never touches a process that merely has the same number. The
// caller holds the home's lock, so no supervisor owns them.
func EndLeftovers(h network.Home) error {
	b, err := os.ReadFile(h.Processes())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading what an earlier supervisor started: %w", err)
	}
	var infos []process.Info
	if err := json.Unmarshal(b, &infos); err != nil {
		return fmt.Errorf("reading what an earlier supervisor started: %w", err)
	}
	for _, info := range infos {
		if info.ID == nil {
			continue
		}
		if err := info.ID.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, process.ErrGone) {
			return fmt.Errorf("ending %s of an earlier supervisor: %w", info.Name, err)
		}
		for tries := 0; info.ID.Alive(); tries++ {
			if tries == leftoverLimit {
				return fmt.Errorf("ending %s of an earlier supervisor: process %d does not end", info.Name, info.ID.PID)
			}
			time.Sleep(leftoverPause)
		}
	}
	return nil
}

// logTail is the end of a log, for an error that a person reads.
func logTail(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close() //nolint:errcheck // It is only read.
	if info, err := f.Stat(); err == nil && info.Size() > tailSize {
		if _, err := f.Seek(-tailSize, io.SeekEnd); err != nil {
			return err.Error()
		}
	}
	b, err := io.ReadAll(io.LimitReader(f, tailSize))
	if err != nil {
		return err.Error()
	}
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	if len(lines) > tailLines {
		lines = lines[len(lines)-tailLines:]
	}
	return string(bytes.Join(lines, []byte("\n")))
}
