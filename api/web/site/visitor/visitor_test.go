package visitor

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// page has a form of every kind of field, and another one.
const page = `<main><h1>Two forms</h1><form method="get" action="/search"><input name="q" value="no"></form>
<form method="post" action="/send"><input type="hidden" name="token" value="t"><input name="name" value="Anna">
<input type="radio" name="way" value="a"><input type="radio" name="way" value="b" checked>
<input type="checkbox" name="roles" value="one" checked><input type="checkbox" name="roles" value="two" checked><input type="checkbox" name="roles" value="three">
<select name="first"><option value="x">X</option><option value="y">Y</option></select>
<select name="chosen"><option value="x">X</option><option value="y" selected>Y</option></select>
<textarea name="words">two
lines</textarea><input type="file" name="file"><button name="do" value="it">Go on</button></form></main>`

func TestFormSendsWhatABrowserWouldSend(t *testing.T) {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"token": {"t"}, "name": {"Anna"}, "way": {"b"}, "roles": {"one", "two"}, "first": {"x"}, "chosen": {"y"}, "words": {"two\nlines"},
	}
	if got := FormTo(root, "/send"); !reflect.DeepEqual(got, want) {
		t.Errorf("it sends %v, want %v", got, want)
	}
	for _, action := range []string{"/search", "/elsewhere"} {
		if got := FormTo(root, action); got != nil {
			t.Errorf("%s is posted to, with %v", action, got)
		}
	}
}

// visit gives a visitor of a site that answers so.
func visit(t *testing.T, site http.HandlerFunc) *Visitor {
	t.Helper()
	server := httptest.NewServer(site)
	t.Cleanup(server.Close)
	v, err := New(Options{Base: server.URL, Origin: server.URL, RPID: "localhost", Seed: t.Name(), Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVisitorFillsInAndIsLedOn(t *testing.T) {
	v := visit(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/" || r.URL.Path == "/done":
			fmt.Fprint(w, page)
		case r.Method == http.MethodPost && r.PostFormValue("token") == "t" && r.PostFormValue("name") == "Bo":
			http.Redirect(w, r, "/done?done=7", http.StatusSeeOther)
		default:
			http.Error(w, "no", http.StatusForbidden)
		}
	})
	form, err := v.Get(t.Context(), "/")
	if err != nil {
		t.Fatal(err)
	}
	got, err := v.Send(t.Context(), form, "/send", url.Values{"name": {"Bo"}})
	if err != nil || got.At.RequestURI() != "/done?done=7" || !strings.Contains(got.Text(), "Two forms") {
		t.Fatalf("the form leads to %+v, %v", got, err)
	}
	if _, err := v.Send(t.Context(), form, "/elsewhere", nil); err == nil {
		t.Error("a form that is not there is sent")
	}
	_, err = v.Send(t.Context(), form, "/send", nil)
	if refused, is := errors.AsType[*RefusedError](err); !is || refused.Status != http.StatusForbidden || refused.At != "/send" {
		t.Errorf("a refusal is %v", err)
	}
}

func TestVisitorIsNotLedAroundForEver(t *testing.T) {
	v := visit(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/", http.StatusSeeOther) })
	if _, err := v.Get(t.Context(), "/"); err == nil {
		t.Error("a page that leads to itself is found")
	}
}
