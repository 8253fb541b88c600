package material

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
)

var update = flag.Bool("update", false, "write the golden files anew")

var now = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// made is a network with its keys, without a genesis block.
func made(t *testing.T, topology network.Topology, name string) (network.Home, *network.State) {
	t.Helper()
	h := network.Home(filepath.Join(t.TempDir(), name))
	s, err := network.NewState(topology)
	if err != nil {
		t.Fatal(err)
	}
	if err := (maker{crypto: h.Crypto(), state: s, period: Period{From: now}}).all(); err != nil {
		t.Fatal(err)
	}
	return h, s
}

// settled replaces what differs from run to run.
func settled(h network.Home, text []byte) string {
	s := strings.ReplaceAll(string(text), string(h), "HOME")
	return regexp.MustCompile(`(127\.0\.0\.1:|ListenPort: |Port: )\d+`).ReplaceAllString(s, "${1}PORT")
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; -update writes it anew:\n%s", path, got)
	}
}

func TestConfigurationFilesAreThoseWrittenDown(t *testing.T) {
	h, s := made(t, network.Default(), "home")
	if err := Render(h, s); err != nil {
		t.Fatal(err)
	}
	configtx := filepath.Join(string(h), "configtx.yaml")
	if err := writeTemplate(configtx, "configtx.yaml.tmpl", configtxValues(s, h.Crypto())); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"configtx.yaml": configtx,
		"core.yaml":     filepath.Join(h.Node("peer0.registrar"), "core.yaml"),
		"orderer.yaml":  filepath.Join(h.Node("orderer0"), "orderer.yaml"),
	} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, name, settled(h, text))
	}
}

func TestAHomeWithAnAwkwardNameIsQuoted(t *testing.T) {
	h, s := made(t, network.Default(), `it's a "home": #1`)
	if err := Render(h, s); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(h.Node("peer0.lender"), "core.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if want := `it's a \"home\": #1`; !strings.Contains(string(text), want) {
		t.Errorf("the file does not hold %s:\n%s", want, text)
	}
}

func TestPeersOfOneOrganisationIntroduceOneAnother(t *testing.T) {
	_, s := made(t, network.Rehearsal(), "home")
	for name, first := range map[string]string{
		"peer0.registrar": "peer1.registrar", "peer1.registrar": "peer0.registrar", "peer0.lender": "peer0.lender",
	} {
		for _, n := range s.Topology.PeerNodes() {
			if n.Name == name && bootstrap(s, n).Port != s.Port(first, network.ListenPort) {
				t.Errorf("%s asks port %d first, not %s", name, bootstrap(s, n).Port, first)
			}
		}
	}
}

func TestAPackageIsTheSameBytesForTheSameInputs(t *testing.T) {
	h, s := made(t, network.Default(), "home")
	d := s.Deployments[0]
	first, err := packageBytes(h, d, "lender")
	if err != nil {
		t.Fatal(err)
	}
	second, err := packageBytes(h, d, "lender")
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("it differs: %v", err)
	}
	other, err := packageBytes(h, d, "collector")
	if err != nil || bytes.Equal(first, other) {
		t.Errorf("two organisations have one package: %v", err)
	}
}

func TestAPackageOnceMadeKeepsItsID(t *testing.T) {
	h, s := made(t, network.Default(), "home")
	d := s.Deployments[0]
	first, err := PackageFor(h, d, "lender")
	if err != nil || !strings.HasPrefix(first.ID, "skuld_1:") {
		t.Fatalf("its id is %s: %v", first.ID, err)
	}
	// As a newer compressor might: the bytes that are there count.
	content, err := os.ReadFile(first.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(first.Path, append(content, 0), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := PackageFor(h, d, "lender")
	if err != nil || again.ID == first.ID {
		t.Errorf("the package on the disk was not used: %v", err)
	}
}

func TestAPackageSaysWhereTheServiceIsAndHowToTrustIt(t *testing.T) {
	h, s := made(t, network.Default(), "home")
	content, err := packageBytes(h, s.Deployments[0], "lender")
	if err != nil {
		t.Fatal(err)
	}
	outer := unpack(t, content)
	var metadata map[string]string
	if err := json.Unmarshal(outer["metadata.json"], &metadata); err != nil {
		t.Fatal(err)
	}
	if metadata["type"] != "ccaas" || metadata["label"] != "skuld_1" {
		t.Errorf("the metadata is %v", metadata)
	}
	var c service
	if err := json.Unmarshal(unpack(t, outer["code.tar.gz"])["connection.json"], &c); err != nil {
		t.Fatal(err)
	}
	if want := network.Address(s.Deployments[0].Ports["lender"]); c.Address != want || !c.TLSRequired || !c.ClientAuthRequired {
		t.Errorf("the service is %+v, not at %s with mutual TLS", c, want)
	}
	root, err := os.ReadFile(h.Crypto().TLSRoot("lender"))
	if err != nil || c.RootCert != string(root) {
		t.Errorf("the root is another than the organisation's: %v", err)
	}
	if _, err := os.Stat(h.Crypto().Identity("lender", network.ChaincodeClientIdentity).Certificate()); err == nil {
		t.Error("the certificate in the package can sign on the channel")
	}
}

func unpack(t *testing.T, content []byte) map[string][]byte {
	t.Helper()
	zip, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	tape := tar.NewReader(zip)
	for {
		header, err := tape.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[header.Name], err = io.ReadAll(tape); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheExternalBuilderPassesAServiceOnAndRefusesOtherPackages(t *testing.T) {
	dir := t.TempDir()
	if err := writeBuilder(dir); err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"source", "metadata", "built", "released", "other"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	at := func(parts ...string) string { return filepath.Join(append([]string{dir}, parts...)...) }
	for path, text := range map[string]string{
		at("metadata", "metadata.json"): `{"path":"","type":"ccaas","label":"skuld_1"}`,
		at("other", "metadata.json"):    `{"path":"","type":"golang","label":"ccaas"}`,
		at("source", "connection.json"): "connection",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name string
		args []string
		good bool
	}{
		{"detect", []string{at("source"), at("metadata")}, true},
		{"detect", []string{at("source"), at("other")}, false},
		{"build", []string{at("source"), at("metadata"), at("built")}, true},
		{"build", []string{at("other"), at("metadata"), at("built")}, false},
		{"release", []string{at("built"), at("released")}, true},
		{"release", []string{at("other"), at("released")}, false},
	} {
		out, err := exec.Command(at("bin", c.name), c.args...).CombinedOutput()
		if (err == nil) != c.good {
			t.Errorf("%s %v: %v: %s", c.name, c.args, err, out)
		}
	}
	got, err := os.ReadFile(at("released", "chaincode", "server", "connection.json"))
	if err != nil || string(got) != "connection" {
		t.Errorf("released is %q: %v", got, err)
	}
}

func TestANetworkThatCannotBeMadeLeavesNoFolderOfItsName(t *testing.T) {
	h := network.Home(t.TempDir())
	_, err := Create(t.Context(), Creation{Home: h, Topology: network.Default(), Configtxgen: filepath.Join(string(h), "missing"), Period: Period{From: now}})
	if err == nil {
		t.Fatal("it was made without configtxgen")
	}
	if _, err := os.Stat(h.Network()); err == nil {
		t.Error("half a network has its name")
	}
}
