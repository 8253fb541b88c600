package supervisor

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/skuld-registry/skuld/network"
)

// gatewayAt is a supervisor of one organisation whose gateway listens on a host.
func gatewayAt(t *testing.T, host, registration, configuration string) *Supervisor {
	t.Helper()
	h := newHome(t)
	if configuration != "" {
		if err := os.MkdirAll(h.Organisation("lender"), network.FolderMode); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(h.GatewayConfiguration("lender"), []byte(configuration), network.PrivateMode); err != nil {
			t.Fatal(err)
		}
	}
	return &Supervisor{
		home: h, options: Options{Home: h, Bin: "bin", Registration: registration},
		state: &network.State{
			Topology: network.Topology{Organisations: []network.Organisation{{Name: "lender"}}},
			Hosts:    map[string]string{"lender": host},
			Ports:    map[string]int{network.PortKey(network.GatewayProcess("lender"), network.ListenPort): 8080},
		},
	}
}

func TestGatewayIsOpenToAnybodyOnLoopbackOnly(t *testing.T) {
	const none, remarks, tls = "", "# remarks only\n", "listen: 192.0.2.1:443\nurl: https://skuld.lender.example/\nfabric: /f\ndata: /d\ntls: {certificate: c, key: k}\n"
	for _, test := range []struct {
		name, host, registration, file string
		said                           []string // the flags; a file's or an address's value stands in values below
		url                            string
	}{
		{"loopback", "", "", none, []string{"-fabric", "-listen", "-data", "-webhooks.allow_local=true", "-registration", "open"}, "http://127.0.0.1:8080"},
		{"all of 127", "127.9.0.1", "", none, []string{"-fabric", "-listen", "-data", "-webhooks.allow_local=true", "-registration", "open"}, "http://127.9.0.1:8080"},
		{"IPv6", "::1", "", none, []string{"-fabric", "-listen", "-data", "-webhooks.allow_local=true", "-registration", "open"}, "http://[::1]:8080"},
		{"closed by flag", "", "closed", none, []string{"-fabric", "-listen", "-data", "-webhooks.allow_local=true", "-registration", "closed"}, "http://127.0.0.1:8080"},
		{"an address", "192.0.2.1", "", none, []string{"-fabric", "-listen", "-data", "-webhooks.allow_local=false", "-registration", "closed"}, "http://192.0.2.1:8080"},
		{"every address", "0.0.0.0", "", none, []string{"-fabric", "-listen", "-data", "-webhooks.allow_local=false", "-registration", "closed"}, "http://0.0.0.0:8080"},
		{"a name", "localhost", "", none, []string{"-fabric", "-listen", "-data", "-webhooks.allow_local=false", "-registration", "closed"}, "http://localhost:8080"},
		{"opened by flag", "192.0.2.1", "open", none, []string{"-fabric", "-listen", "-data", "-webhooks.allow_local=false", "-registration", "open"}, "http://192.0.2.1:8080"},
		{"a file that leaves all out", "", "", remarks, []string{"-fabric", "-listen", "-data", "-config"}, "http://127.0.0.1:8080"},
		{"a file and a flag", "", "closed", remarks, []string{"-fabric", "-listen", "-data", "-config", "-registration", "closed"}, "http://127.0.0.1:8080"},
		{"a file that says all", "", "", tls, []string{"-config"}, "https://skuld.lender.example"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := gatewayAt(t, test.host, test.registration, test.file)
			spec, err := s.gatewaySpec("lender")
			if err != nil {
				t.Fatal(err)
			}
			values := map[string]string{
				"-fabric": s.home.ConnectionFile("lender"), "-data": s.home.GatewayData("lender"),
				"-config": s.home.GatewayConfiguration("lender"), "-listen": s.state.Address(network.GatewayProcess("lender"), network.ListenPort),
			}
			var want []string
			for _, said := range test.said {
				want = append(want, said)
				if value, ok := values[said]; ok {
					want = append(want, value)
				}
			}
			if !reflect.DeepEqual(spec.Args, want) {
				t.Errorf("the gateway is started with\n%q, want\n%q", spec.Args, want)
			}
			if err := s.writeEndpoints(); err != nil {
				t.Fatal(err)
			}
			if endpoints, err := network.ReadEndpoints(s.home); err != nil || endpoints["lender"].Gateway != test.url {
				t.Errorf("clients are told %v, %v, want %s", endpoints, err, test.url)
			}
		})
	}
}

func TestRegistrarOnThisMachineServesPages(t *testing.T) {
	for name, test := range map[string]struct {
		host, file string
		want       bool
	}{
		"loopback":          {"", "", true},
		"an address":        {"192.0.2.1", "", false},
		"a file of its own": {"", "# remarks only\n", false},
	} {
		s := gatewayAt(t, test.host, "", test.file)
		s.state.Topology.Registrar = "lender"
		spec, err := s.gatewaySpec("lender")
		if err != nil {
			t.Fatal(err)
		}
		i := slices.Index(spec.Args, "-pages.origin")
		if (i >= 0) != test.want || i >= 0 && spec.Args[i+1] != "http://localhost:8080" {
			t.Errorf("%s: the gateway is started with %q", name, spec.Args)
		}
	}
}

func TestCollectorOnThisMachineHasADesk(t *testing.T) {
	for name, test := range map[string]struct {
		organisation, host, file string
		want                     bool
	}{
		"loopback":             {"collector", "", "", true},
		"another organisation": {"lender", "", "", false},
		"an address":           {"collector", "192.0.2.1", "", false},
	} {
		s := gatewayAt(t, "", "", test.file)
		s.state.Hosts[test.organisation] = test.host
		spec, err := s.gatewaySpec(test.organisation)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.Index(spec.Args, "-desk.profile")
		if (i >= 0) != test.want || i >= 0 && spec.Args[i+1] != filepath.Join(s.home.Demo(), "collector") {
			t.Errorf("%s: the gateway is started with %q", name, spec.Args)
		}
	}
}

func TestGatewayWhoseConfigurationIsNoYAMLIsNotStarted(t *testing.T) {
	if spec, err := gatewayAt(t, "", "", "tls: [\n").gatewaySpec("lender"); err == nil {
		t.Errorf("started with %q", spec.Args)
	}
}
