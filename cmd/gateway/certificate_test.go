package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// certify writes a certificate for this machine with a serial number of its own,
// and gives the roots that trust it.
func certify(t *testing.T, files tlsFiles, serial int64, written time.Time) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "gateway"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		files.Certificate: {Type: "CERTIFICATE", Bytes: der}, files.Key: {Type: "PRIVATE KEY", Bytes: pkcs8},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, written, written); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	return pool
}

func certificateFiles(t *testing.T) tlsFiles {
	dir := t.TempDir()
	return tlsFiles{Certificate: filepath.Join(dir, "chain.pem"), Key: filepath.Join(dir, "key.pem")}
}

func TestRenewedCertificateIsServedAndHalfOfOneIsNot(t *testing.T) {
	files, now := certificateFiles(t), time.Now()
	certify(t, files, 1, now)
	c, err := openCertificate(files, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	serves := func(want int64, when string) {
		t.Helper()
		pair, err := c.current(nil)
		if err != nil || pair.Leaf.SerialNumber.Int64() != want {
			t.Errorf("%s: serving %v, %v, want %d", when, pair.Leaf.SerialNumber, err, want)
		}
	}
	serves(1, "at first")
	certify(t, files, 2, now.Add(time.Second))
	serves(1, "before it looks again")
	now = now.Add(certificateAge)
	serves(2, "renewed")
	if err := os.WriteFile(files.Certificate, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(certificateAge)
	serves(2, "with half of a file")
	if err := os.Remove(files.Key); err != nil {
		t.Fatal(err)
	}
	now = now.Add(certificateAge)
	serves(2, "without a key")
}

func TestGatewayWithACertificateSpeaksTLS13Only(t *testing.T) {
	c := defaults()
	c.Listen, c.TLS = "127.0.0.1:0", certificateFiles(t)
	roots := certify(t, c.TLS, 1, time.Now())
	listener, err := c.listener(slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })}
	go server.Serve(listener)
	defer server.Close()
	for version, taken := range map[uint16]bool{tls.VersionTLS12: false, tls.VersionTLS13: true} {
		client := &http.Client{Transport: &http.Transport{
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: version, MaxVersion: version}, ForceAttemptHTTP2: true,
		}}
		resp, err := client.Get(c.baseURL(listener.Addr()))
		if (err == nil) != taken {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			resp.Body.Close()
			if resp.ProtoMajor != 2 {
				t.Errorf("it speaks %s, want HTTP/2", resp.Proto)
			}
		}
		client.CloseIdleConnections()
	}
}
