package api

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/auth"
	"github.com/skuld-registry/skuld/ledger"
)

func TestEveryRouteThatTakesATokenSaysWhatItMustCover(t *testing.T) {
	for _, rt := range routes() {
		scope := rt.needs()
		switch {
		case rt.access == open && scope != "":
			t.Errorf("%s asks for no token, and for the scope %s", rt.name, scope)
		case rt.access != open && scope != ofCommand && !auth.AllScopes().Has(scope):
			t.Errorf("%s needs the scope %q, which there is not", rt.name, scope)
		case rt.op != "" && rt.scope != "":
			t.Errorf("%s has a scope beside that of its operation", rt.name)
		}
	}
}

func TestRouteWithoutAScopeIsOpenToNoToken(t *testing.T) {
	c := &call{scopes: auth.AllScopes()}
	if err := covers(c, (&route{access: tokened}).needs()); ledger.CodeOf(err) != ledger.CodeScopeMissing {
		t.Errorf("got %v", err)
	}
}

func TestDocumentNamesEveryScope(t *testing.T) {
	flow := document31(t).Components.SecuritySchemes["token"].Value.Flows.ClientCredentials
	var documented []string
	for scope := range flow.Scopes {
		documented = append(documented, scope)
	}
	slices.Sort(documented)
	if want := strings.Fields(auth.AllScopes().String()); !slices.Equal(documented, want) {
		t.Errorf("the document names %v, want %v", documented, want)
	}
}

func TestDocumentSaysTheScopeOfEachOperation(t *testing.T) {
	said := map[string]string{}
	for _, item := range document31(t).Paths.Map() {
		for _, o := range item.Operations() {
			if o.Security != nil && len(*o.Security) == 1 {
				said[o.OperationID] = strings.Join((*o.Security)[0]["token"], " ")
			}
		}
	}
	for _, rt := range routes() {
		want := string(rt.needs())
		if rt.access == signable { // whoever registers has no token; and each command has its own scope
			want = ""
		}
		if got, ok := said[rt.name]; rt.access != open && (!ok || got != want) {
			t.Errorf("the document says that %s needs %q, want %q", rt.name, got, want)
		}
	}
}

func TestLimitThatIsMetIsAnEventInTheLog(t *testing.T) {
	b, _ := limitedBench(t, Limits{Address: Rate{PerSecond: 1, Burst: 1}})
	for range 2 {
		b.from("192.0.2.1:5")
	}
	if log := b.log.String(); strings.Count(log, `"event":"rate_refused"`) != 1 || !strings.Contains(log, `"limit":"address"`) || strings.Contains(log, "192.0.2.1") {
		t.Errorf("the log is\n%s", log)
	}
}

func TestEveryAnswerSaysTheNonce(t *testing.T) {
	b := newBench(t, true)
	for _, path := range []string{"/v1/network", "/v1/notes", "/nothing", "/healthz", keysPath} {
		if w, _ := b.get(path); w.Header().Get(nonceHeader) == "" {
			t.Errorf("%s: the answer %d has none", path, w.Code)
		}
	}
}

func TestKeysMayBeKeptForLessLongThanANewOneWaits(t *testing.T) {
	b := newBench(t, true)
	w, _ := b.get(keysPath)
	if got := w.Header().Get("Cache-Control"); w.Code != http.StatusOK || got != "public, max-age=900" || auth.JWKSAge >= auth.KeyLead {
		t.Errorf("got %d, Cache-Control %q", w.Code, got)
	}
}
