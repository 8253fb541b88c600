package main

import (
	"fmt"
	"net/http"

	"github.com/skuld-registry/skuld/ledger"
)

// feed goes on with an import or a webhook of a company, mostly in an order that
// makes sense: made up, its calls would hardly ever find what they are about.
func (w *walk) feed() {
	a := pick(w.rng, w.cast[:companies])
	w.turn(a)
	switch w.between(1, 4) {
	case 1:
		w.importStep(a)
	case 2, 3:
		w.webhookStep(a)
	default:
		if notes := w.known("NoteID"); len(notes) > 0 {
			w.call(a, http.MethodPost, "/v1/drafts", map[string]any{
				"op": ledger.OpPay, "subject": pick(w.rng, notes), "body": w.payment(&ledger.Note{}, a.party),
			})
		}
	}
}

// call sends a request of an actor as it is.
func (w *walk) call(a *actor, method, path string, body any) {
	w.exchange(a.gateway, w.dress(a, method, path, body, nil))
}

func (w *walk) importStep(a *actor) {
	imports := w.mine["import"]
	if len(imports) == 0 || w.chance(10) {
		digest := ledger.PayloadDigest(fmt.Append(nil, "file ", w.sent))
		w.call(a, http.MethodPost, "/v1/imports", map[string]any{"digest": digest, "rows": 2, "name": "loans.csv"})
		return
	}
	path := "/v1/imports/" + imports[len(imports)-1]
	if w.chance(30) {
		row := map[string]any{"row": 1 + w.sent%2, "error": map[string]any{"column": "rate", "detail": "not a number"}}
		w.call(a, http.MethodPost, path+"/rows", map[string]any{"rows": []any{row}})
		return
	}
	if w.chance(40) {
		w.call(a, http.MethodGet, path+pick(w.rng, []string{"", "/rows", "/events"}), nil)
		return
	}
	w.call(a, http.MethodPost, path+pick(w.rng, []string{"/start", "/start", "/pause", "/pause", "/pause", "/resume", "/resume", "/cancel"}), nil)
}

func (w *walk) webhookStep(a *actor) {
	hooks := w.mine["webhook"]
	if len(hooks) == 0 || w.chance(10) {
		w.call(a, http.MethodPost, "/v1/webhooks", map[string]any{"url": pick(w.rng, []string{"https://walk.example.com/204", "https://walk.example.com/500"})})
		return
	}
	path := "/v1/webhooks/" + hooks[len(hooks)-1]
	switch deliveries := w.mine["delivery"]; {
	case w.chance(5):
		w.call(a, http.MethodDelete, path, nil)
		w.mine["webhook"] = hooks[:len(hooks)-1]
		w.mine["delivery"] = nil
	case len(deliveries) > 0 && w.chance(30):
		w.call(a, http.MethodPost, path+"/deliveries/"+pick(w.rng, deliveries)+"/replay", nil)
	case w.chance(50):
		w.call(a, http.MethodGet, path+pick(w.rng, []string{"", "/deliveries"}), nil)
	default:
		w.call(a, http.MethodPost, path+pick(w.rng, []string{"/test", "/pause", "/resume", "/replay"}), nil)
	}
}
