package supervisor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/process"
)

// What Options.Registration may say.
const (
	RegistrationOpen   = "open"
	RegistrationClosed = "closed"
)

// maxConfigurationBytes bounds a gateway's configuration, as the gateway does.
const maxConfigurationBytes = 256 << 10

// gatewayConfiguration is what of a gateway's own configuration the supervisor
// must know, to say the rest and to find the gateway. Whether the file is good is
// for the gateway to say.
type gatewayConfiguration struct {
	present bool

	Fabric string `yaml:"fabric"`
	Listen string `yaml:"listen"`
	URL    string `yaml:"url"`
	Data   string `yaml:"data"`
	TLS    struct {
		Certificate string `yaml:"certificate"`
	} `yaml:"tls"`
}

// configuration reads an organisation's configuration of its gateway, if it has
// one.
func (s *Supervisor) configuration(organisation string) (gatewayConfiguration, error) {
	var c gatewayConfiguration
	path := s.home.GatewayConfiguration(organisation)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, nil
	}
	if err != nil {
		return c, fmt.Errorf("reading the gateway's configuration: %w", err)
	}
	defer f.Close() //nolint:errcheck // It is only read.
	c.present = true
	if err := yaml.NewDecoder(io.LimitReader(f, maxConfigurationBytes)).Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, fmt.Errorf("reading the gateway's configuration %s: %w", path, err)
	}
	return c, nil
}

// gatewayAddress is where an organisation's gateway listens.
func (s *Supervisor) gatewayAddress(organisation string, c gatewayConfiguration) string {
	if c.Listen != "" {
		return c.Listen
	}
	return s.state.Address(network.GatewayProcess(organisation), network.ListenPort)
}

// gatewayURL is the gateway's base address as this machine reaches it.
func (s *Supervisor) gatewayURL(organisation string, c gatewayConfiguration) string {
	scheme := "http://"
	if c.TLS.Certificate != "" {
		scheme = "https://"
	}
	return scheme + s.gatewayAddress(organisation, c)
}

// writeEndpoints says where clients find the gateways of this machine.
func (s *Supervisor) writeEndpoints() error {
	endpoints := network.Endpoints{}
	for _, o := range s.state.Local() {
		c, err := s.configuration(o.Name)
		if err != nil {
			return err
		}
		url := s.gatewayURL(o.Name, c)
		if c.URL != "" {
			url = strings.TrimRight(c.URL, "/")
		}
		endpoints[o.Name] = network.Endpoint{Gateway: url}
	}
	return network.WriteJSON(s.home.EndpointsFile(), endpoints)
}

func (s *Supervisor) startGateways(ctx context.Context) error {
	for _, o := range s.state.Local() {
		if err := s.startGateway(o.Name); err != nil {
			return err
		}
	}
	for _, o := range s.state.Local() {
		if err := s.awaitGateway(ctx, o.Name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Supervisor) startGateway(organisation string) error {
	spec, err := s.gatewaySpec(organisation)
	if err != nil {
		return err
	}
	return s.table.Start(spec)
}

// gatewaySpec says how to start an organisation's gateway. Flags count for more
// than its configuration, so they say only what that leaves out.
func (s *Supervisor) gatewaySpec(organisation string) (process.Spec, error) {
	c, err := s.configuration(organisation)
	if err != nil {
		return process.Spec{}, err
	}
	name, address := network.GatewayProcess(organisation), s.gatewayAddress(organisation, c)
	var args []string
	say := func(said, flag, value string) {
		if said == "" {
			args = append(args, flag, value)
		}
	}
	say(c.Fabric, "-fabric", s.home.ConnectionFile(organisation))
	say(c.Listen, "-listen", address)
	say(c.Data, "-data", s.home.GatewayData(organisation))
	registration := s.options.Registration
	if c.present {
		args = append(args, "-config", s.home.GatewayConfiguration(organisation))
	} else {
		// Where nobody else can reach the network, anybody registers, and webhooks are
		// tried out here.
		local := isLoopback(address)
		if registration == "" {
			registration = RegistrationClosed
			if local {
				registration = RegistrationOpen
			}
		}
		args = append(args, "-webhooks.allow_local="+strconv.FormatBool(local))
		if local && organisation == s.state.Topology.Registrar {
			args = append(args, localPages(address)...)
		}
		if local && organisation == trialDesk {
			args = append(args, s.localDesk(organisation, address)...)
		}
	}
	if registration != "" {
		args = append(args, "-registration", registration)
	}
	return process.Spec{
		Name: name, Path: filepath.Join(s.options.Bin, "gateway"), Args: args,
		Env: environment(), Log: s.home.Log(name),
	}, nil
}

// localPages serves the pages for people on this machine, with a name and a number
// that are nobody's. Browsers make passkeys for localhost and for no address.
func localPages(address string) []string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil // the gateway itself will say what is wrong with it
	}
	return []string{
		"-pages.origin", "http://localhost:" + port, "-pages.rp_id", "localhost", "-pages.name", "Skuld (trial)",
		"-pages.human", "Maja Lind", "-pages.phone", "+46 8 123 45 67", "-pages.hours", "8-18", "-pages.storybook",
	}
}

// trialDesk is the organisation whose staff has a desk in a network on one machine.
const trialDesk = "collector"

// localDesk serves the desk of a company's staff on this machine. It waits for the
// profile of the demonstration's party that is called like the organisation.
func (s *Supervisor) localDesk(organisation, address string) []string {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil // the gateway itself will say what is wrong with it
	}
	registrar, err := s.configuration(s.state.Topology.Registrar)
	if err != nil {
		return nil // starting the registrar's gateway will say so
	}
	return []string{
		"-desk.origin", "http://localhost:" + port, "-desk.rp_id", "localhost", "-desk.name", "Skuld (trial), " + organisation,
		"-desk.profile", filepath.Join(s.home.Demo(), organisation), "-desk.await",
		"-desk.registrar", s.gatewayURL(s.state.Topology.Registrar, registrar),
	}
}

// isLoopback says whether only this machine reaches an address. A name is not
// looked up: what it stands for may change.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func (s *Supervisor) awaitGateway(ctx context.Context, organisation string) error {
	c, err := s.configuration(organisation)
	if err != nil {
		return err
	}
	if err := awaitReady(ctx, s.gatewayURL(organisation, c)+"/readyz"); err != nil {
		return fmt.Errorf("waiting for the gateway of %s: %w; the end of its log:\n%s",
			organisation, err, logTail(s.home.Log(network.GatewayProcess(organisation))))
	}
	return nil
}

// GatewayErrand is the gateway of an organisation of the network in the home, to do an
// errand for its desk instead of serving.
func GatewayErrand(h network.Home, bin, organisation string, errand ...string) (path string, args []string, err error) {
	state, err := network.LoadState(h)
	if err != nil {
		return "", nil, err
	}
	s := &Supervisor{options: Options{Home: h, Bin: bin}, home: h, state: state}
	spec, err := s.gatewaySpec(organisation)
	return spec.Path, append(spec.Args, errand...), err
}
