package main

import (
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/metrics"
	"github.com/skuld-registry/skuld/chaincode/inproc"
)

func TestServiceManagerThatAskedIsTold(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	for _, state := range []string{nowReady, nowStopping} {
		if err := notify(state); err != nil {
			t.Fatal(err)
		}
		heard := make([]byte, 64)
		n, err := listener.Read(heard)
		if err != nil || string(heard[:n]) != state {
			t.Errorf("it hears %q, %v, want %s", heard[:n], err, state)
		}
	}
	t.Setenv("NOTIFY_SOCKET", socket+".gone")
	if err := notify(nowReady); err == nil {
		t.Error("a socket that is not there is no error")
	}
	t.Setenv("NOTIFY_SOCKET", "")
	if err := notify(nowReady); err != nil {
		t.Errorf("nobody asked, and %v", err)
	}
}

func TestMetricsAreNotServedToClients(t *testing.T) {
	w := newWorld(t, inproc.Options{})
	if r := w.do("lender", sent{method: "GET", path: "/metrics"}); r.status != http.StatusNotFound {
		t.Errorf("a client gets %d %s", r.status, r.body)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	done, err := serveMetrics(t.Context(), address, metrics.New(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if status, body := asked(t, "http://"+address+"/metrics"); status != http.StatusOK || !strings.Contains(body, "go_goroutines") {
		t.Errorf("Prometheus gets %d %s", status, body)
	}
	if status, _ := asked(t, "http://"+address+"/healthz"); status != http.StatusNotFound {
		t.Errorf("its address serves more than metrics: %d", status)
	}
	if err := done(); err != nil {
		t.Error(err)
	}
}
