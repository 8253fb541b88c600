package client_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/ledger"
)

func TestEventsAreReadAndGoOnAfterTheLast(t *testing.T) {
	g := serve(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		fmt.Fprintf(w, ": open\n\nid: 5\nevent: applied\ndata: {\"after\":%q,\r\ndata: \"x\":1}\n\n:alive\n\nid: 6\ndata: {}\n\nid: 7\ndata: {", r.Header.Get("Last-Event-ID"))
	})
	var got []client.Event
	var end error
	for e, err := range g.client(t).Events(t.Context(), "4") {
		if err != nil {
			end = err
			break
		}
		got = append(got, e)
	}
	want := []client.Event{
		{ID: "5", Type: "applied", Data: json.RawMessage("{\"after\":\"4\",\n\"x\":1}")},
		{ID: "6", Type: "message", Data: json.RawMessage("{}")},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, broke := errors.AsType[*client.Unreachable](end); !broke {
		t.Errorf("the stream ends with %v, want that it broke", end)
	}
}

func TestEventsThatAreRefusedOrNoJSONEndTheStream(t *testing.T) {
	for name, answer := range map[string]func(http.ResponseWriter){
		"refused":  func(w http.ResponseWriter) { problem(w, 401, ledger.CodeTokenInvalid, false) },
		"no json":  func(w http.ResponseWriter) { fmt.Fprint(w, "data: {\n\n") },
		"too long": func(w http.ResponseWriter) { fmt.Fprint(w, "data: "+strings.Repeat("x", 300<<10)+"\n\n") },
		"endless":  func(w http.ResponseWriter) { fmt.Fprint(w, strings.Repeat("data: {}\n", 2000)) },
	} {
		g := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { answer(w) })
		for e, err := range g.client(t).Events(t.Context(), "") {
			if err == nil {
				t.Errorf("%s: got the event %+v", name, e)
			}
		}
	}
}
