package main

import (
	"bytes"
	"go/build"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/ledger/evidence/files"
)

const receipt = "../../ledger/evidence/testdata/cases/genuine-receipt.json"

func TestCommandLine(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{receipt}, files.Undecided, "Compare its digest"},
		{[]string{"-lang", "sv", receipt}, files.Undecided, "Jämför dess kontrollsumma"},
		{[]string{"-network", strings.Repeat("0a", 32), receipt}, files.SomeRefused, "another network"},
		{[]string{"-json", receipt}, files.Undecided, `"verdict":"consistent"`},
		{[]string{"-network", "short", receipt}, files.Undecided, "64 characters"},
		{[]string{"-lang", "fi", receipt}, files.Undecided, "sv da en"},
		{[]string{"-trust", "nowhere", receipt}, files.Undecided, "nowhere"},
		{nil, files.Undecided, "no file is named"},
		{[]string{"-unknown"}, files.Undecided, "Exit codes"},
	} {
		var out bytes.Buffer
		if code := run(t.Context(), c.args, console{strings.NewReader(""), &out, &out}); code != c.code || !strings.Contains(out.String(), c.says) {
			t.Errorf("%v: code %d, want %d and %q\n%s", c.args, code, c.code, c.says, out.String())
		}
	}
}

// TestProgramHasNoNetworkInIt looks at all that is linked: nothing in it can speak
// HTTP or gRPC, or TLS. Of package net only the types of addresses are used, which
// certificates hold.
func TestProgramHasNoNetworkInIt(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatalf("listing what the program links: %v", err)
	}
	linked := strings.Fields(string(out))
	if !slices.Contains(linked, "github.com/skuld-registry/skuld/ledger/evidence") {
		t.Fatal("the list is of another program")
	}
	for _, p := range linked {
		for _, forbidden := range []string{"net/http", "net/rpc", "net/smtp", "crypto/tls", "google.golang.org/grpc", "golang.org/x/net"} {
			if p == forbidden || strings.HasPrefix(p, forbidden+"/") {
				t.Errorf("the program links %s", p)
			}
		}
	}
	own, err := build.ImportDir("../../ledger/evidence", 0)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(own.Imports, "net") {
		t.Error("the verifier imports package net")
	}
}
