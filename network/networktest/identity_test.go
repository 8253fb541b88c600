package networktest_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/networktest"
	"github.com/skuld-registry/skuld/network/process"
)

func TestARevokedLocalIdentityIsRefusedAndOthersAreNot(t *testing.T) {
	n := networktest.Shared(t, networktest.Options{Floor: true})
	lender := n.Connection(t, "lender")
	var clients []floorClient
	for _, name := range []string{"clerk1", "clerk2", "clerk3"} {
		clients = append(clients, connect(t, lender, enrolled(t, n, name)))
		clients[len(clients)-1].mustPut(t, "by", name)
	}
	for i, name := range []string{"clerk1", "clerk2"} {
		mustRun(t, n, "identity", "revoke", name, "--org", "lender")
		// The one revoked before stays refused when the next list replaces its own.
		for _, revoked := range clients[:i+1] {
			mustBeRefused(t, revoked)
		}
	}
	clients[2].mustPut(t, "by", "clerk3")
	connect(t, lender, nil).mustPut(t, "by", "gateway")
}

func TestANameIsEnrolledOnceAndOnlyWithAnOrganisation(t *testing.T) {
	n := networktest.Shared(t, networktest.Options{Floor: true})
	enrolled(t, n, "once")
	for _, refusal := range []struct {
		args []string
		says string
	}{
		{[]string{"identity", "enroll", "once", "--org", "lender"}, "already"},
		{[]string{"identity", "enroll", "twice", "--org", "nobody"}, "no organisation"},
		{[]string{"identity", "enroll", "../escape", "--org", "lender"}, "does not match"},
		{[]string{"identity", "register", "clerk", "--org", "lender"}, "no Fabric CA"},
		{[]string{"identity", "revoke", "stranger", "--org", "lender"}, "reading the certificate"},
	} {
		out, err := n.Run(t, refusal.args...)
		if err == nil || !strings.Contains(out, refusal.says) {
			t.Errorf("%v: %v: %s", refusal.args, err, out)
		}
	}
}

// TestAnIdentityOfAFabricCACommitsUntilItIsRevoked uses a real Fabric CA on the
// lender's root.
func TestAnIdentityOfAFabricCACommitsUntilItIsRevoked(t *testing.T) {
	n := networktest.Start(t, networktest.Options{Floor: true})
	startFabricCA(t, n)
	secret := mustRun(t, n, "identity", "register", "agent", "--org", "lender")
	secretFile := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secretFile, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	files := enrolled(t, n, "agent", "--secret-file", secretFile)
	agent := connect(t, n.Connection(t, "lender"), files)
	agent.mustPut(t, "by", "agent")
	mustRun(t, n, "identity", "revoke", "agent", "--org", "lender")
	mustBeRefused(t, agent)
}

func enrolled(t *testing.T, n *networktest.Network, name string, args ...string) *network.IdentityFiles {
	t.Helper()
	mustRun(t, n, append([]string{"identity", "enroll", name, "--org", "lender"}, args...)...)
	files := n.Home.Crypto().Identity("lender", name)
	return &files
}

func mustRun(t *testing.T, n *networktest.Network, args ...string) string {
	t.Helper()
	out, err := n.Run(t, args...)
	if err != nil {
		t.Fatalf("network %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}

func mustBeRefused(t *testing.T, c floorClient) {
	t.Helper()
	err := c.put(t.Context(), "refused", "no")
	if err == nil {
		t.Fatal("a revoked identity committed a transaction")
	}
	if !strings.Contains(err.Error(), "access denied") {
		t.Fatalf("a revoked identity met another error than a refusal: %v", err)
	}
}

// caLimit bounds the build and the start of the Fabric CA.
const caLimit = 5 * time.Minute

// startFabricCA builds a Fabric CA from its pinned module, starts it on the
// lender's root and tells the network of it. It needs a C compiler, for SQLite.
func startFabricCA(t *testing.T, n *networktest.Network) {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		networktest.Unavailable(t, errors.New("building a Fabric CA needs gcc"))
	}
	ctx, cancel := context.WithTimeout(t.Context(), caLimit)
	defer cancel()
	dir := t.TempDir()
	server := filepath.Join(dir, "fabric-ca-server")
	build := exec.CommandContext(ctx, "go", "build", "-o", server, "github.com/hyperledger/fabric-ca/cmd/fabric-ca-server")
	build.WaitDelay = time.Second // A compiler of it that goes on must not keep the test.
	build.Dir = filepath.Join("..", "tools", "ca")
	build.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("building a Fabric CA: %v: %s", err, out)
	}
	ports, err := network.FreePorts(2, nil)
	if err != nil {
		t.Fatal(err)
	}
	const registrar, password = "registrar", "registrarpw"
	root := n.Home.Crypto().CA("lender")
	tlsIdentity := n.Home.Crypto().Identity("lender", "peer0.lender")
	cmd := exec.Command(server, "start", "--home", dir, "-b", registrar+":"+password,
		"--address", network.Host, "--port", portOf(network.Address(ports[0])),
		"--tls.enabled", "--tls.certfile", tlsIdentity.TLSCertificate(), "--tls.keyfile", tlsIdentity.TLSKey(),
		"--ca.name", "ca-lender", "--ca.certfile", filepath.Join(root, "cert.pem"), "--ca.keyfile", filepath.Join(root, "key.pem"))
	cmd.Env = append(os.Environ(), "FABRIC_CA_SERVER_OPERATIONS_LISTENADDRESS="+network.Address(ports[1]))
	var output strings.Builder
	cmd.Stdout, cmd.Stderr = &output, &output
	spawner := process.NewSpawner()
	if err := spawner.Start(cmd); err != nil {
		t.Fatalf("starting a Fabric CA: %v", err)
	}
	t.Cleanup(func() {
		spawner.Close() // The server dies with the thread that started it.
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("the Fabric CA said:\n%s", output.String())
		}
	})
	awaitTLS(t, ctx, network.Address(ports[0]))
	secretFile := filepath.Join(dir, "registrar-secret")
	if err := os.WriteFile(secretFile, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	configuration, err := json.Marshal(map[string]map[string]string{"lender": {
		"url": "https://" + network.Address(ports[0]), "name": "ca-lender",
		"tls_ca": n.Home.Crypto().TLSRoot("lender"), "registrar": registrar, "registrar_secret_file": secretFile,
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(n.Home.CAFile(), configuration, 0o600); err != nil {
		t.Fatal(err)
	}
}

func portOf(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return port
}

func awaitTLS(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	// Whether the certificate is right is seen by the client under test.
	dialer := tls.Dialer{Config: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // Only that it answers is asked.
	for {
		conn, err := dialer.DialContext(ctx, "tcp", address)
		if err == nil {
			conn.Close()
			return
		}
		timer := time.NewTimer(retryPause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			t.Fatalf("the Fabric CA does not answer: %v", err)
		}
	}
}
