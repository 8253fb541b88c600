// Package systemd_test checks the units with systemd's own tools.
package systemd_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// maxExposure is the most that systemd-analyze may find exposed, in tenths of ten;
// a unit without any protection has 96.
const maxExposure = "25"

func units(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.service")
	if err != nil || len(files) != 4 {
		t.Fatalf("found %v, %v, want four units", files, err)
	}
	return files
}

func analyze(t *testing.T) string {
	t.Helper()
	tool, err := exec.LookPath("systemd-analyze")
	if err == nil {
		return tool
	}
	const missing = "systemd-analyze is missing; install Debian's systemd"
	if os.Getenv("CI") == "true" {
		t.Fatal(missing)
	}
	t.Skip(missing)
	return ""
}

// TestSystemdUnderstandsTheUnits has each unit verified as an instance of it. The
// programs stand in for themselves, since they need not be installed.
func TestSystemdUnderstandsTheUnits(t *testing.T) {
	tool, dir := analyze(t), t.TempDir()
	program := regexp.MustCompile(`/usr/local/bin/[a-z]+`)
	for _, name := range units(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		instance := filepath.Join(dir, strings.Replace(name, "@", "@lender", 1))
		if err := os.WriteFile(instance, program.ReplaceAll(text, []byte("/bin/true")), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), tool, "verify", "--man=no", instance).CombinedOutput()
		if mine := ofUnit(out, filepath.Base(instance)); err != nil || len(mine) > 0 {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// ofUnit gives the lines about a unit; other units of the machine are not ours.
func ofUnit(out []byte, unit string) []byte {
	var mine []byte
	for line := range bytes.Lines(out) {
		if bytes.Contains(line, []byte(unit)) {
			mine = append(mine, line...)
		}
	}
	return mine
}

func TestUnitsExposeLittle(t *testing.T) {
	tool := analyze(t)
	for _, name := range units(t) {
		out, err := exec.CommandContext(t.Context(), tool, "security", "--offline=true", "--no-pager", "--threshold="+maxExposure, name).CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestSecretsReachTheUnitsAsCredentials looks for what would put one where others
// of the machine can see it.
func TestSecretsReachTheUnitsAsCredentials(t *testing.T) {
	for _, name := range units(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if regexp.MustCompile(`(?im)^(Environment|ExecStart\w*)=.*(pass|secret|pin-value)`).Match(text) {
			t.Errorf("%s has a secret in its environment or its command line", name)
		}
	}
}
