package networktest_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/networktest"
)

// shortLife is how long the first certificates last in the test of their
// renewal: long enough for a start and a renewal on a busy machine.
const shortLife = 75 * time.Second

// TestTheNetworkGoesOnAfterItsFirstCertificatesHaveEnded renews all certificates
// of the larger network, whose orderers are named in the channel's configuration
// with their first ones, and goes on when those have ended.
func TestTheNetworkGoesOnAfterItsFirstCertificatesHaveEnded(t *testing.T) {
	n := networktest.Start(t, networktest.Options{Topology: "rehearsal", Floor: true, CertificateLifetime: shortLife})
	first := certificate(t, n.Home.Crypto().Identity("lender", "peer0.lender").TLSCertificate())
	clerk := enrolled(t, n, "clerk")
	mustRun(t, n, "identity", "revoke", "clerk", "--org", "lender")
	revoked := read(t, clerk.Certificate())
	if out := mustRun(t, n, "status"); !strings.Contains(out, "TLS certificate of orderer0 of orderer") {
		t.Errorf("the status does not warn of certificates that end in %s:\n%s", shortLife, out)
	}

	start := time.Now()
	out := mustRun(t, n, "renew", "--within", "876000h")
	t.Logf("%d certificates were renewed and are in use after %s", strings.Count(out, " of "), time.Since(start))
	if time.Now().After(first.NotAfter) {
		t.Fatalf("the machine is too busy: the first certificates ended before their renewal")
	}
	if !bytes.Equal(read(t, clerk.Certificate()), revoked) {
		t.Error("a revoked certificate was renewed")
	}
	if out := mustRun(t, n, "status"); strings.Contains(out, "end soon") {
		t.Errorf("the status still warns:\n%s", out)
	}
	out = mustRun(t, n, "renew")
	if strings.Contains(out, " of ") {
		t.Errorf("a second renewal renews\n%s", out)
	}

	ended := time.NewTimer(time.Until(first.NotAfter))
	defer ended.Stop()
	<-ended.C
	for range 2 {
		for _, o := range network.Rehearsal().Organisations {
			connect(t, n.Connection(t, o.Name), nil).mustPut(t, "after their end", o.Name)
		}
		for _, orderer := range []string{"orderer0", "orderer1", "orderer2"} {
			n.Hold(t, orderer)
			connect(t, n.Connection(t, "lender"), nil).mustPut(t, "without", orderer)
			n.StartAgain(t, orderer)
		}
		n.Stop(t)
		n.Up(t)
	}
}

func certificate(t *testing.T, path string) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode(read(t, path))
	if block == nil {
		t.Fatalf("%s holds no PEM block", path)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
