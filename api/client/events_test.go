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

// TestEventsGoOnAfterTheLastWhenAStreamEnds: a stream ends with its token, and the
// half of an event that was on its way comes again.
func TestEventsGoOnAfterTheLastWhenAStreamEnds(t *testing.T) {
	var asked []string // Last-Event-ID of each stream
	g := serve(t, func(w http.ResponseWriter, r *http.Request, n int) {
		asked = append(asked, r.Header.Get("Last-Event-ID"))
		switch n {
		case 1:
			fmt.Fprint(w, ": open\n\nid: 5\nevent: applied\ndata: {\"a\":\r\ndata: 1}\n\n:alive\n\nid: 6\ndata: {}\n\nid: 7\ndata: {")
		case 2:
			fmt.Fprint(w, "id: 7\ndata: {}\n\nid: 8\n\n")
		}
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
		{ID: "5", Type: "applied", Data: json.RawMessage("{\"a\":\n1}")},
		{ID: "6", Type: "message", Data: json.RawMessage("{}")},
		{ID: "7", Type: "message", Data: json.RawMessage("{}")},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if want := []string{"4", "6", "8", "8", "8"}; !reflect.DeepEqual(asked, want) {
		t.Errorf("the streams began after %q, want %q", asked, want)
	}
	if _, broke := errors.AsType[*client.Unreachable](end); !broke {
		t.Errorf("streams that end at once lead to %v, want that they broke", end)
	}
}

func TestStreamWithoutAPlaceToGoOnFromIsNotAskedForAgain(t *testing.T) {
	g := serve(t, func(w http.ResponseWriter, _ *http.Request, _ int) { fmt.Fprint(w, ": open\n\n") })
	for _, err := range g.client(t).Events(t.Context(), "") {
		if err == nil {
			t.Error("an event came")
		}
	}
	if n := len(g.requests()); n != 1 {
		t.Errorf("%d streams were asked for; what happened between them is lost", n)
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
