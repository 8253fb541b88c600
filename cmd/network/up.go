package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/build"
	"github.com/skuld-registry/skuld/network/control"
	"github.com/skuld-registry/skuld/network/process"
	"github.com/skuld-registry/skuld/network/supervisor"
)

// supervisorName names the log of a supervisor in the background.
const supervisorName = "supervisor"

// eventDescriptor is the descriptor on which a supervisor in the background
// tells its parent how far it is: the first after the standard three.
const eventDescriptor = 3

// event is one line of what a supervisor tells its parent.
type event struct {
	Step  *control.Step `json:"step,omitempty"`
	Ready bool          `json:"ready,omitempty"`
	Error string        `json:"error,omitempty"`
}

// upFlags are common to up and to the supervisor that it starts.
type upFlags struct {
	topology     string
	bin          string
	tools        string
	noGateways   bool
	noChaincode  bool
	floor        bool
	batchTimeout time.Duration
	gogc         int
	lifetime     time.Duration
	host         string
	registration string
}

func (f *upFlags) register(c *cobra.Command) {
	flags := c.Flags()
	flags.StringVar(&f.topology, "topology", "", "default or rehearsal (default: what the home has, else default)")
	flags.StringVar(&f.bin, "bin", "", "folder with the chaincode and gateway programs (default: where this program is)")
	flags.StringVar(&f.tools, "tools", "", "folder of the module that pins Fabric (default: network/tools of the repository)")
	flags.BoolVar(&f.noGateways, "no-gateways", false, "start no gateways")
	flags.BoolVar(&f.noChaincode, "no-chaincode", false, "leave the registry's chaincode out")
	flags.BoolVar(&f.floor, "floor", false, "also deploy the one-key-put chaincode that the benchmark compares with")
	flags.DurationVar(&f.batchTimeout, "batch-timeout", 0, "the orderers' wait before they cut a block, for a new network (default 50ms)")
	flags.DurationVar(&f.lifetime, "certificate-lifetime", 0, "how long certificates of a new network last, to rehearse their renewal (default ten years)")
	flags.StringVar(&f.host, "host", "", "address or name at which the nodes of a new network listen and are reached from other machines (default loopback); its gateways speak plain HTTP there unless their gateway.yaml says tls")
	flags.StringVar(&f.registration, "registration", "", "open or closed: whether anybody may register at the gateways (default: what <home>/<organisation>/gateway.yaml says; without one open on loopback, else closed)")
	flags.IntVar(&f.gogc, "gogc", 0, "GOGC of peers and orderers, for a new network (default: Go's)")
}

// arguments repeats the flags for the supervisor.
func (f *upFlags) arguments() []string {
	args := []string{
		"--bin", f.bin, "--tools", f.tools,
		fmt.Sprintf("--no-gateways=%t", f.noGateways), fmt.Sprintf("--no-chaincode=%t", f.noChaincode),
		fmt.Sprintf("--floor=%t", f.floor),
		"--batch-timeout", f.batchTimeout.String(), "--gogc", fmt.Sprint(f.gogc),
		"--certificate-lifetime", f.lifetime.String(),
	}
	if f.topology != "" {
		args = append(args, "--topology", f.topology)
	}
	if f.host != "" {
		args = append(args, "--host", f.host)
	}
	if f.registration != "" {
		args = append(args, "--registration", f.registration)
	}
	return args
}

// resolve fills in the folders that were not named.
func (f *upFlags) resolve() error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	if f.bin == "" {
		f.bin = filepath.Dir(self)
	}
	if f.bin, err = filepath.Abs(f.bin); err != nil {
		return fmt.Errorf("finding the folder of programs: %w", err)
	}
	if f.tools == "" {
		f.tools = findTools(filepath.Dir(self))
	}
	if f.tools, err = filepath.Abs(f.tools); err != nil {
		return fmt.Errorf("finding the module that pins Fabric: %w", err)
	}
	return nil
}

// findTools returns the repository's network/tools, seen from the working
// folder or from bin/, where this program stands.
func findTools(self string) string {
	tools := filepath.Join("network", "tools")
	if _, err := os.Stat(filepath.Join(tools, "go.mod")); err == nil {
		return tools
	}
	return filepath.Join(self, "..", tools)
}

// fabric finds or builds Fabric's programs.
func (f *upFlags) fabric(ctx context.Context, h network.Home) (build.Binaries, error) {
	return build.Find(ctx, build.Options{
		Bin:      os.Getenv(build.BinVariable),
		Source:   f.tools,
		Fallback: filepath.Join(string(h), "cache"),
		Progress: os.Stderr,
	})
}

func (f *upFlags) options(h network.Home, binaries build.Binaries) (supervisor.Options, error) {
	if f.host != "" {
		if err := network.CheckHost(f.host); err != nil {
			return supervisor.Options{}, err
		}
	}
	if f.registration != "" && f.registration != supervisor.RegistrationOpen && f.registration != supervisor.RegistrationClosed {
		return supervisor.Options{}, fmt.Errorf("--registration %q is neither open nor closed", f.registration)
	}
	t := network.Default()
	if f.topology != "" {
		named, err := network.ByName(f.topology)
		if err != nil {
			return supervisor.Options{}, err
		}
		t = named
	} else if state, err := network.LoadState(h); err == nil {
		t = state.Topology
	}
	if f.batchTimeout != 0 {
		t.BatchTimeout = f.batchTimeout
	}
	if f.gogc != 0 {
		t.GOGC = f.gogc
	}
	if f.noChaincode {
		t.Chaincodes = nil
	}
	o := supervisor.Options{Home: h, Topology: t, Fabric: binaries, Bin: f.bin, Gateways: !f.noGateways,
		CertificateLifetime: f.lifetime, Host: f.host, Registration: f.registration}
	if base, err := network.ByName(t.Name); err == nil && !f.noChaincode {
		o.Extra = base.Chaincodes // For a network that was made without.
	}
	if f.floor {
		o.Extra = append(o.Extra, network.Floor())
	}
	return o, nil
}

func newUp(at homeFinder) *cobra.Command {
	var flags upFlags
	var foreground bool
	c := &cobra.Command{
		Use:   "up",
		Short: "Start the network; make it first if there is none",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h, err := at()
			if err != nil {
				return err
			}
			if err := flags.resolve(); err != nil {
				return err
			}
			binaries, err := flags.fabric(c.Context(), h)
			if err != nil {
				return err
			}
			if foreground {
				return runForeground(c.Context(), h, flags, binaries)
			}
			return runBackground(c.Context(), h, flags, binaries)
		},
	}
	flags.register(c)
	c.Flags().BoolVar(&foreground, "foreground", false, "stay, and end the network when this program ends")
	return c
}

func runForeground(ctx context.Context, h network.Home, flags upFlags, binaries build.Binaries) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	go endWithParent(ctx, end)
	o, err := flags.options(h, binaries)
	if err != nil {
		return err
	}
	o.Report = printStep
	return supervisor.Run(ctx, o, func() {
		printReady(h)
		fmt.Fprintln(os.Stderr, "Ctrl-C ends it.")
	})
}

// parentCheck is how often a network in the foreground looks for its parent.
const parentCheck = time.Second

// endWithParent calls end once the program that started this one is gone, so
// that nothing is left running when make, or a shell, is killed. The kernel's own
// signal for it (PR_SET_PDEATHSIG) comes already when the parent's thread ends.
func endWithParent(ctx context.Context, end context.CancelFunc) {
	parent := os.Getppid()
	tick := time.NewTicker(parentCheck)
	defer tick.Stop()
	for os.Getppid() == parent {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
	end()
}

// runBackground starts this program again as a supervisor that outlives it, and
// waits until the supervisor is ready.
func runBackground(ctx context.Context, h network.Home, flags upFlags, binaries build.Binaries) error {
	if id, err := process.Holder(h.Lock()); err == nil {
		return fmt.Errorf("a network is running in %s already (process %d); `network down` ends it", h, id.PID)
	}
	if err := h.Claim(); err != nil {
		return err
	}
	if err := os.MkdirAll(h.Logs(), network.FolderMode); err != nil {
		return fmt.Errorf("making the folder of logs: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("finding this program: %w", err)
	}
	log, err := os.OpenFile(h.Log(supervisorName), os.O_CREATE|os.O_WRONLY|os.O_APPEND, network.PrivateMode)
	if err != nil {
		return fmt.Errorf("opening the supervisor's log: %w", err)
	}
	defer log.Close() //nolint:errcheck // The supervisor has its own copy of the descriptor.
	events, told, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("preparing to listen to the supervisor: %w", err)
	}
	defer events.Close() //nolint:errcheck // It is only read.
	cmd := exec.Command(self, append([]string{"supervise", "--home", string(h)}, flags.arguments()...)...)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = log, log, []*os.File{told}
	cmd.Env = append(os.Environ(), build.BinVariable+"="+filepath.Dir(binaries.Peer))
	err = errors.Join(process.Detach(cmd), told.Close())
	if err != nil {
		return fmt.Errorf("starting the supervisor: %w", err)
	}
	stop := context.AfterFunc(ctx, func() {
		// Interrupted while starting: the supervisor takes down what it has.
		_ = cmd.Process.Signal(os.Interrupt)
	})
	defer stop()
	if err := follow(events); err != nil {
		return errors.Join(err, cmd.Wait())
	}
	printReady(h)
	return cmd.Process.Release()
}

// follow prints what the supervisor tells until it is ready.
func follow(events io.Reader) error {
	lines := json.NewDecoder(events)
	for {
		var e event
		err := lines.Decode(&e)
		switch {
		case errors.Is(err, io.EOF):
			return errors.New("the supervisor ended before the network was ready; see `network logs " + supervisorName + "`")
		case err != nil:
			return fmt.Errorf("listening to the supervisor: %w", err)
		case e.Error != "":
			return errors.New(e.Error)
		case e.Ready:
			return nil
		case e.Step != nil:
			printStep(*e.Step)
		}
	}
}

// newSupervise is what up starts in the background.
func newSupervise(at homeFinder) *cobra.Command {
	var flags upFlags
	c := &cobra.Command{
		Use:    "supervise",
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			told := os.NewFile(eventDescriptor, "events")
			// The parent may have left; the network stays up all the same.
			tell := func(e event) { _ = json.NewEncoder(told).Encode(e) }
			err := supervise(c.Context(), at, flags, tell, told)
			if err != nil {
				tell(event{Error: err.Error()})
			}
			return err
		},
	}
	flags.register(c)
	return c
}

func supervise(ctx context.Context, at homeFinder, flags upFlags, tell func(event), told io.Closer) error {
	h, err := at()
	if err != nil {
		return err
	}
	binaries, err := flags.fabric(ctx, h)
	if err != nil {
		return err
	}
	o, err := flags.options(h, binaries)
	if err != nil {
		return err
	}
	o.Report = func(s control.Step) { tell(event{Step: &s}) }
	return supervisor.Run(ctx, o, func() {
		tell(event{Ready: true})
		_ = told.Close() // Nothing more is told.
	})
}

func printStep(s control.Step) {
	fmt.Fprintf(os.Stderr, "%7.2f s  %s\n", s.Elapsed.Seconds(), s.What)
}

func printReady(h network.Home) {
	fmt.Fprintln(os.Stderr, "The network is up.")
	endpoints, err := network.ReadEndpoints(h)
	if err != nil {
		return // It has no gateways.
	}
	state, err := network.LoadState(h)
	if err != nil {
		return
	}
	for _, o := range state.Local() {
		fmt.Fprintf(os.Stderr, "  %-12s %s\n", strings.TrimSpace(o.Name), endpoints[o.Name].Gateway)
	}
}
