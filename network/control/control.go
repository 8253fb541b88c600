// Package control is how other programs speak to a network's running
// supervisor: what it says about itself, and a small HTTP interface on a socket
// in the home.
//
// It must not start or stop a process itself, nor import the packages that
// administer Fabric: tests that use fabric-gateway import it.
package control

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/process"
)

// Phase says how far a supervisor is.
type Phase string

// The phases of a supervisor, in order.
const (
	Starting Phase = "starting"
	Ready    Phase = "ready"
	Stopping Phase = "stopping"
)

// Step is something that a start has done.
type Step struct {
	What string `json:"what"`
	// Elapsed is the time since the start began, when the step was done.
	Elapsed time.Duration `json:"elapsed_ns"`
}

// Process is what a supervisor says about one of its processes.
type Process struct {
	process.Info
	Address string `json:"address,omitempty"`
	Memory  int64  `json:"memory_bytes,omitempty"`
	Log     string `json:"log"`
}

// Status is what a supervisor says about its network.
type Status struct {
	Phase     Phase             `json:"phase"`
	Home      string            `json:"home"`
	Topology  string            `json:"topology"`
	Digest    string            `json:"network"`
	Steps     []Step            `json:"steps"`
	Processes []Process         `json:"processes"`
	Endpoints network.Endpoints `json:"endpoints,omitempty"`
	// Ending are the certificates that end within network.EndingWithin.
	Ending []Ending `json:"ending_certificates,omitempty"`
}

// Ending is a certificate that ends soon, or has ended.
type Ending struct {
	Certificate string    `json:"certificate"` // which one, in words
	Ends        time.Time `json:"ends"`
}

// inFolder calls use with a path to name in the folder that is short enough for
// a Unix socket, whose path may have about 100 bytes, however long the folder's
// own path is: through this process's open descriptor of the folder.
func inFolder(folder, name string, use func(path string) error) error {
	dir, err := os.Open(folder)
	if err != nil {
		return fmt.Errorf("opening the home: %w", err)
	}
	defer dir.Close() //nolint:errcheck // It was opened to be pointed at.
	return use("/proc/self/fd/" + strconv.Itoa(int(dir.Fd())) + "/" + name)
}

func dial(h network.Home) (conn net.Conn, err error) {
	err = inFolder(string(h), network.ControlName, func(path string) error {
		conn, err = net.DialTimeout("unix", path, dialLimit)
		return err
	})
	return conn, err
}

// Listen opens the home's socket. The caller holds the lock of the home.
func Listen(h network.Home) (listener net.Listener, err error) {
	err = inFolder(string(h), network.ControlName, func(path string) error {
		// A socket that a killed supervisor left is in the way.
		if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
			return fmt.Errorf("removing an old control socket: %w", err)
		}
		listener, err = net.Listen("unix", path)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listening for control: %w", err)
	}
	// The short path is good only while the folder is open; the home is private
	// and the socket's file is removed at the next start.
	if u, ok := listener.(*net.UnixListener); ok {
		u.SetUnlinkOnClose(false)
	}
	return listener, nil
}
