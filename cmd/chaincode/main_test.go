package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// files writes a certificate that is its own authority, and its key.
func files(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestEveryFaultOfTheFlagsIsNamed(t *testing.T) {
	var stderr bytes.Buffer
	if code := run(t.Context(), []string{"-network", strings.ToUpper(digest), "-address", "nowhere"}, &stderr); code != exitUsage {
		t.Errorf("the exit code is %d, want %d", code, exitUsage)
	}
	for _, flag := range []string{"-id", "-address", "-network", "-cert", "-key", "-client-ca"} {
		if !strings.Contains(stderr.String(), flag+" ") {
			t.Errorf("%s is not named in %q", flag, stderr.String())
		}
	}
}

func TestBadFilesAndArgumentsAreNamed(t *testing.T) {
	cert, key := files(t)
	good := map[string]string{
		"-id": "skuld:1", "-address": "127.0.0.1:0", "-cert": cert, "-key": key, "-client-ca": cert, "-network": digest,
	}
	for _, c := range []struct{ flag, value, want string }{
		{"-cert", filepath.Join(t.TempDir(), "none"), "reading -cert"},
		{"-key", cert, "do not make a pair"},
		{"-client-ca", key, "holds no certificate"},
		{"-colour", "red", "not defined: -colour"},
	} {
		args := []string{c.flag, c.value}
		for flag, value := range good {
			if flag != c.flag {
				args = append(args, flag, value)
			}
		}
		var stderr bytes.Buffer
		if code := run(t.Context(), args, &stderr); code != exitUsage || !strings.Contains(stderr.String(), c.want) {
			t.Errorf("%s %s: exit code %d and %q, want %q", c.flag, c.value, code, stderr.String(), c.want)
		}
	}
}

func TestCallerWithoutCertificateIsTurnedAway(t *testing.T) {
	cert, key := files(t)
	address := freeAddress(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, []string{"-id", "skuld:1", "-address", address, "-cert", cert, "-key", key, "-client-ca", cert, "-network", digest}, &bytes.Buffer{})
	}()
	raw, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(raw)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	if err := handshake(t, address, &tls.Config{RootCAs: pool, NextProtos: []string{"h2"}, Certificates: []tls.Certificate{pair}}); err != nil {
		t.Errorf("with a certificate: %v", err)
	}
	if err := handshake(t, address, &tls.Config{RootCAs: pool, NextProtos: []string{"h2"}}); err == nil {
		t.Error("a caller without a certificate was let in")
	}
	stop()
	if code := <-done; code != exitDone {
		t.Errorf("the exit code is %d", code)
	}
}

// pause is how long to wait before trying to connect again.
const pause = 5 * time.Millisecond

// handshake connects, as soon as somebody listens, and reads a byte: only then
// is it known what the server thinks of the client's certificate.
func handshake(t *testing.T, address string, c *tls.Config) error {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		conn, err := tls.Dial("tcp", address, c)
		if err != nil {
			if _, refused := err.(*net.OpError); refused && time.Now().Before(deadline) {
				<-time.After(pause)
				continue
			}
			return err
		}
		defer conn.Close()
		if err := conn.SetReadDeadline(deadline); err != nil {
			return err
		}
		_, err = conn.Read(make([]byte, 1))
		return err
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
