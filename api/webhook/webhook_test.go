package webhook_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/skuld-registry/skuld/api/store"
	"github.com/skuld-registry/skuld/api/webhook"
	"github.com/skuld-registry/skuld/ledger"
)

func TestPartyIsSentWhatItIsToldOfFromNowOn(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.change(lender, "a")
		synctest.Wait()
		w.hook("h")
		w.hook("all", func(h *store.Webhook) { h.Position = 0 })
		w.hook("none", func(h *store.Webhook) { h.Ops = []ledger.Op{ledger.OpPay} })
		w.change(other, "y")
		w.change(lender, "a", "b")
		synctest.Wait()
		got := w.deliveries()
		slices.Sort(got)
		if want := []string{"a1", "a2", "a2", "b1", "b1"}; !slices.Equal(got, want) {
			t.Errorf("it is sent %v, want %v", got, want)
		}
		for _, d := range w.all() {
			if d.event != string(ledger.OpBookOpen) || d.signature != "signed" || d.id == "" || d.is.Transaction == "" {
				t.Errorf("a delivery is %+v", d)
			}
		}
		if n := len(w.settled("h", store.DeliveryDelivered)); n != 2 {
			t.Errorf("the log has %d deliveries, want 2", n)
		}
	})
}

func TestNextEventOfASubjectWaitsForTheOneBeforeAndOthersDoNot(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		var mended atomic.Bool
		w.answers(func(d delivery) (*http.Response, error) {
			if d.is.Subject.ID[1] == 'a' && !mended.Load() {
				return status(http.StatusInternalServerError), nil
			}
			return status(http.StatusOK), nil
		})
		w.hook("h")
		w.change(lender, "a", "b")
		w.change(lender, "a", "b")
		synctest.Wait()
		got := w.deliveries()
		slices.Sort(got)
		if want := []string{"a1", "b1", "b2"}; !slices.Equal(got, want) {
			t.Fatalf("at first it is sent %v, want %v", got, want)
		}
		mended.Store(true)
		pass(time.Minute)
		if got := w.deliveries()[3:]; !slices.Equal(got, []string{"a1", "a2"}) {
			t.Errorf("then it is sent %v, want the first of a once more and then the second", got)
		}
	})
}

func TestDeliveryIsGivenUpAfterDaysAndReplayed(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		var accepts atomic.Bool
		w.answers(func(d delivery) (*http.Response, error) {
			if !accepts.Load() && d.is.Seq == 1 {
				return status(http.StatusBadGateway), nil
			}
			return status(http.StatusOK), nil
		})
		w.hook("h")
		w.change(lender, "a")
		synctest.Wait()
		began := time.Now()
		w.change(lender, "a")
		pass(4 * 24 * time.Hour)
		dead := w.settled("h", store.DeliveryDead)
		if len(dead) != 1 || dead[0].Attempts != webhook.MaxAttempts || dead[0].Last.Status != http.StatusBadGateway || dead[0].Last.Fault != webhook.FaultStatus {
			t.Fatalf("given up are %+v", dead)
		}
		if took := dead[0].Last.At.Sub(began); took < 2*24*time.Hour || took > 4*24*time.Hour {
			t.Errorf("it is given up after %s", took)
		}
		// The next event of the subject came when the first was given up.
		if got := w.deliveries(); got[len(got)-1] != "a2" || len(got) != webhook.MaxAttempts+1 {
			t.Errorf("it is sent %v", got)
		}
		accepts.Store(true)
		n, err := w.store.ReplayDead(t.Context(), "h", time.Now())
		if err != nil || n != 1 {
			t.Fatalf("replayed: %d, %v", n, err)
		}
		w.d.Wake()
		synctest.Wait()
		if got := w.deliveries(); got[len(got)-1] != "a1" || w.last().id != dead[0].ID {
			t.Errorf("after the replay it is sent %v", got[webhook.MaxAttempts:])
		}
		if left := w.settled("h", store.DeliveryDead); len(left) != 0 {
			t.Errorf("still given up are %+v", left)
		}
	})
}

func TestReceiverThatAsksForTimeGetsItUpToABound(t *testing.T) {
	for name, c := range map[string]struct {
		header      string
		least, most time.Duration
	}{
		"seconds":        {"120", 2 * time.Minute, 3 * time.Minute},
		"less than ours": {"1", 10 * time.Second, 13 * time.Second},
		"for ever":       {"999999999", 6 * time.Hour, 6*time.Hour + time.Second},
		"no number":      {"soon", 10 * time.Second, 13 * time.Second},
		"negative":       {"-5", 10 * time.Second, 13 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *testing.T, w *world) {
				w.answers(func(delivery) (*http.Response, error) {
					if len(w.deliveries()) > 1 {
						return status(http.StatusOK), nil
					}
					r := status(http.StatusTooManyRequests)
					r.Header.Set("Retry-After", c.header)
					return r, nil
				})
				w.hook("h")
				w.change(lender, "a")
				pass(7 * time.Hour)
				if got := w.deliveries(); len(got) != 2 {
					t.Fatalf("it is sent %v", got)
				}
				if wait := w.all()[1].at.Sub(w.all()[0].at); wait < c.least || wait > c.most {
					t.Errorf("it comes again after %s, want %s to %s", wait, c.least, c.most)
				}
			})
		})
	}
}

func TestReceiverThatHangsIsLeftAfterTenSeconds(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.options.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		w.restart()
		w.hook("h")
		w.change(lender, "a")
		pass(11 * time.Second)
		waiting := w.settled("h", store.DeliveryWaiting)
		if len(waiting) != 1 || waiting[0].Attempts != 1 || waiting[0].Last.Fault != webhook.FaultTimeout || waiting[0].Last.Took != 10*time.Second {
			t.Errorf("it waits with %+v", waiting)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestWebhookThatIsGoneIsDisabledUntilItIsResumed(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		var back atomic.Bool
		w.answers(func(delivery) (*http.Response, error) {
			if !back.Load() {
				return status(http.StatusGone), nil
			}
			return status(http.StatusOK), nil
		})
		w.hook("h")
		w.change(lender, "a")
		w.change(lender, "b")
		pass(time.Hour)
		before := len(w.deliveries())
		h, err := w.store.Webhook(t.Context(), lender, "h")
		if err != nil || h.State != store.WebhookDisabled || h.Reason != "gone" || before > 2 {
			t.Fatalf("after %d deliveries it is %+v, %v", before, h, err)
		}
		back.Store(true)
		if err := w.store.SetWebhook(t.Context(), "h", store.WebhookActive, "", time.Now()); err != nil {
			t.Fatal(err)
		}
		w.d.Wake()
		synctest.Wait()
		if n := len(w.settled("h", store.DeliveryDelivered)); n != 2 {
			t.Errorf("after it was resumed %d are delivered, want both", n)
		}
	})
}

func TestPausedWebhookGetsAfterwardsWhatHappenedMeanwhile(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.hook("h")
		set := func(state store.WebhookState) {
			if err := w.store.SetWebhook(t.Context(), "h", state, "", time.Now()); err != nil {
				t.Fatal(err)
			}
			w.d.Wake()
			synctest.Wait()
		}
		set(store.WebhookPaused)
		w.change(lender, "a")
		w.change(lender, "a")
		synctest.Wait()
		if got := w.deliveries(); len(got) != 0 {
			t.Fatalf("while it is paused it is sent %v", got)
		}
		set(store.WebhookActive)
		if got := w.deliveries(); !slices.Equal(got, []string{"a1", "a2"}) {
			t.Errorf("afterwards it is sent %v", got)
		}
	})
}

// TestGatewayThatDiesAfterADeliveryDeliversItAgainUnderTheSameName: what was
// accepted and not recorded comes again, and nothing is left out.
func TestGatewayThatDiesAfterADeliveryDeliversItAgainUnderTheSameName(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		h := w.hook("h")
		w.answers(func(delivery) (*http.Response, error) { return status(http.StatusServiceUnavailable), nil })
		w.change(lender, "a")
		synctest.Wait()
		w.answers(nil)
		lost := w.settled("h", store.DeliveryWaiting)
		if len(lost) != 1 {
			t.Fatalf("there wait %+v", lost)
		}
		if a, _ := w.d.Send(t.Context(), h, webhook.Event(lost[0])); a.Fault != "" { // and it dies before it can record it
			t.Fatalf("the attempt is %+v", a)
		}
		first := w.last()
		w.end()
		w.change(lender, "a")
		w.change(lender, "b")
		w.start()
		pass(time.Minute)
		got := w.deliveries()[2:]
		slices.Sort(got)
		if !slices.Equal(got, []string{"a1", "a2", "b1"}) {
			t.Errorf("after the restart it is sent %v", got)
		}
		for _, d := range w.all()[2:] {
			if same := d.id == first.id; same != (name(d) == "a1") {
				t.Errorf("%s is delivered as %s, and the first was %s", name(d), d.id, first.id)
			}
		}
		w.restart()
		if more := w.deliveries()[5:]; len(more) != 0 {
			t.Errorf("a restart sends %v again", more)
		}
	})
}

func TestOneWebhookTakesFourPlacesAtMostAndKeepsNoOtherWaiting(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		var mu sync.Mutex
		release, now, most := make(chan struct{}), 0, 0
		w.answers(func(d delivery) (*http.Response, error) {
			if d.url != "https://lender.example/slow" {
				return status(http.StatusOK), nil
			}
			mu.Lock()
			now++
			most = max(most, now)
			mu.Unlock()
			<-release
			mu.Lock()
			now--
			mu.Unlock()
			return status(http.StatusOK), nil
		})
		w.hook("slow")
		w.hook("quick")
		w.change(lender, "a", "b", "c", "d", "e", "f", "g", "h")
		synctest.Wait()
		if n := len(w.settled("quick", store.DeliveryDelivered)); n != 8 || most != 4 {
			t.Errorf("%d are delivered to the quick one, and %d under way to the slow one; want 8 and 4", n, most)
		}
		close(release)
		synctest.Wait()
		if n := len(w.settled("slow", store.DeliveryDelivered)); n != 8 || most != 4 {
			t.Errorf("%d are delivered to the slow one, %d at a time; want 8, 4 at a time", n, most)
		}
	})
}

// TestReceiversThatHangDoNotKeepOthersFromBeingReached: two parties' webhooks take
// every place there is, and always have more to send.
func TestReceiversThatHangDoNotKeepOthersFromBeingReached(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		w.options.Transport = roundTripper(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/quick") {
				return w.receiver.RoundTrip(r)
			}
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		w.restart()
		hostile := ledger.PartyID("p" + strings.Repeat("h", 32))
		for i := range store.MaxWebhooks {
			name := string(rune('a' + i))
			w.hook("0"+name, func(h *store.Webhook) { h.Party = hostile })
			w.hook("1"+name, func(h *store.Webhook) { h.Party = other })
		}
		w.hook("quick")
		for range 10 {
			w.change(hostile, "a", "b", "c", "d", "e", "f", "g", "h")
			w.change(other, "i", "j", "k", "l", "m", "n", "o", "p")
		}
		synctest.Wait()
		w.change(lender, "z")
		pass(11 * time.Second) // until attempts have ended, once
		if n := len(w.settled("quick", store.DeliveryDelivered)); n != 1 {
			t.Errorf("%d are delivered beside them", n)
		}
	})
}

func TestWebhookOfAPartyHasALimit(t *testing.T) {
	inBubble(t, func(t *testing.T, w *world) {
		for i := range store.MaxWebhooks {
			w.hook(string(rune('a' + i)))
		}
		added, err := w.store.AddWebhook(t.Context(), store.Webhook{ID: "more", Party: lender})
		if err != nil || added {
			t.Errorf("one more is added: %t, %v", added, err)
		}
	})
}
