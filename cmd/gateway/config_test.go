package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
)

const exampleFile = "gateway.example.yaml"

// written writes a configuration file.
func written(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "gateway.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func example(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestExampleExplainsEveryKey reads the example with what is commented out in it,
// and asks of each key of the configuration whether it was there.
func TestExampleExplainsEveryKey(t *testing.T) {
	key := regexp.MustCompile(`(?m)^( *)# ( *(?:- )?[a-z_0-9]+:)`)
	c, err := parse([]string{"-config", written(t, key.ReplaceAllString(example(t), "$1$2"))}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var look func(above string, v reflect.Type)
	look = func(above string, v reflect.Type) {
		for i := range v.NumField() {
			name := v.Field(i).Tag.Get("yaml")
			if name == "" {
				continue
			}
			if _, ok := c.file.lines[above+name]; !ok {
				t.Errorf("the example does not explain %s", above+name)
			}
			switch f := v.Field(i).Type; {
			case f.Kind() == reflect.Struct:
				look(above+name+".", f)
			case f.Kind() == reflect.Slice && f.Elem() == reflect.TypeFor[issuer]():
				look(above+name+"[0].", f.Elem())
			}
		}
	}
	look("", reflect.TypeFor[config]())
}

// TestExampleShowsTheDefaults takes the lines away that have no default; what is
// left must change nothing.
func TestExampleShowsTheDefaults(t *testing.T) {
	text := regexp.MustCompile(`(?m)^(fabric|url|data|drain|  - 127).*\n`).ReplaceAllString(example(t), "")
	text = regexp.MustCompile(`(?m)^metrics:\n.*\n`).ReplaceAllString(text, "")
	c, err := parse([]string{"-config", written(t, text)}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.file = c.file
	if !reflect.DeepEqual(c, want) {
		t.Errorf("the example gives\n%+v\nthe defaults are\n%+v", c, want)
	}
}

func TestFlagsCountForMoreThanTheFile(t *testing.T) {
	path := written(t, "listen: 127.0.0.1:1\nregistration: open\ndrain: 2s\n")
	c, err := parse([]string{"-listen", "127.0.0.1:2", "-config", path, "-rebuild"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:2" || c.Registration != opened || c.Drain != 2*time.Second || !c.rebuild {
		t.Errorf("got %+v", c)
	}
	if got := c.file.name("listen"); got != "-listen" {
		t.Errorf("a fault of the address would be said of %s", got)
	}
}

func TestFaultsOfAFileNameTheirLines(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"unknown keys":       {"listn: x\nlimits:\n  party:\n    brust: 1\n", []string{"line 1: there is no key listn", "line 4: there is no key brust"}},
		"wrong types":        {"drain: soon\nlimits: {requests: many}\n", []string{"line 1: ", "line 2: "}},
		"no networks":        {"proxies:\n  - everybody\n", []string{":2: proxies[0]"}},
		"twice":              {"listen: a:1\nlisten: b:1\n", []string{"listen"}},
		"two documents":      {"listen: a:1\n---\nlisten: b:1\n", []string{"more than one document"}},
		"not YAML":           {"listen: [\n", []string{"line"}},
		"a rate of nothing":  {"\nlimits:\n  party:\n    per_second: 0\n", []string{":4: limits.party.per_second"}},
		"half a certificate": {"tls:\n  certificate: chain.pem\n", []string{":2: tls.certificate"}},
		"no database URL":    {"database:\n  url_file: nowhere\n", []string{":2: database.url_file"}},
		"metrics to clients": {"listen: 127.0.0.1:1\nmetrics:\n  listen: 127.0.0.1:1\n", []string{":3: metrics.listen"}},
		"a long drain":       {"drain: 2h\n", []string{":1: drain"}},
		"an open issuer":     {"issuers:\n  - url: http://id.example\n", []string{":2: issuers[0]: ", "audience"}},
		"a format":           {"log: {format: xml}\n", []string{":1: log.format"}},
		"a level":            {"log: {level: loud}\n", []string{"loud"}},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			args := []string{"-check-config", "-data", t.TempDir(), "-config", written(t, c.text)}
			if code := run(t.Context(), args, &out, &errs); code != exitUsage || out.Len() > 0 {
				t.Errorf("exit code %d, output %q", code, &out)
			}
			for _, want := range c.want {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("the faults lack %q:\n%s", want, &errs)
				}
			}
		})
	}
}

func TestSecretsThatOthersCanReadAreRefused(t *testing.T) {
	for mode, refused := range map[os.FileMode]bool{0o600: false, 0o640: false, 0o644: true, 0o660: true} {
		secret := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(secret, []byte("s"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(secret, mode); err != nil {
			t.Fatal(err)
		}
		if err := forOwnerOnly(secret); (err != nil) != refused {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}
