// Package metrics counts what a gateway does, in the form that Prometheus reads.
//
// It must not put into a label what a caller can choose or what names anybody:
// labels are patterns of routes, operations, states and codes, each out of a list
// that is closed, so that neither a stranger nor a day's work makes new series.
package metrics

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/skuld-registry/skuld/api"
)

// other stands for what is not on a list.
const other = "other"

// methods are those that a route can have.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// Buckets of durations, in seconds: a read takes under a millisecond, a write as
// long as the ordering service takes to make a block, a bad day up to a minute.
func seconds() []float64 {
	return []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
}

// Metrics are those of one gateway. They may be used by many callers at a time.
type Metrics struct {
	registry *prometheus.Registry

	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	limited  *prometheus.CounterVec
	commands *prometheus.CounterVec
	submits  prometheus.Histogram
	faults   prometheus.Counter

	attempts *prometheus.CounterVec
	ordering prometheus.Histogram
	batches  prometheus.Histogram
	bytes    prometheus.Histogram
}

// New makes the metrics of a gateway, with those of its process.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "skuld_http_requests_total", Help: "Requests answered; code is that of the refusal, empty where there was none.",
		}, []string{"method", "route", "status", "code"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "skuld_http_request_seconds", Help: "How long requests took, streams of events apart.", Buckets: seconds(),
		}, []string{"method", "route"}),
		limited: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "skuld_http_limited_total", Help: "Requests refused because too many were made, by whose limit it was.",
		}, []string{"by"}),
		commands: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "skuld_commands_total", Help: "Commands handed in to the ledger, by what became of them.",
		}, []string{"op", "outcome", "code"}),
		submits: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "skuld_submit_seconds", Help: "How long the ledger took to say what became of commands.", Buckets: seconds(),
		}),
		faults: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "skuld_ledger_faults_total", Help: "Submissions with which the ledger could not be reached; nothing was handed in.",
		}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "skuld_transactions_total", Help: "Attempts at transactions, by how they ended and whether they were not the first.",
		}, []string{"ending", "again"}),
		ordering: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "skuld_transaction_seconds", Help: "How long an attempt at a transaction took.", Buckets: seconds(),
		}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "skuld_transaction_commands", Help: "Commands in a transaction.", Buckets: []float64{1, 2, 5, 10, 20, 50, 100},
		}),
		bytes: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "skuld_transaction_bytes", Help: "Size of a transaction's message.", Buckets: prometheus.ExponentialBuckets(1<<10, 4, 8),
		}),
	}
	m.registry.MustRegister(m.requests, m.took, m.limited, m.commands, m.submits, m.faults,
		m.attempts, m.ordering, m.batches, m.bytes,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request counts an answered request.
func (m *Metrics) Request(d api.Done) {
	method := d.Method
	if !slices.Contains(methods, method) {
		method = other
	}
	m.requests.WithLabelValues(method, d.Route, strconv.Itoa(d.Status), string(d.Code)).Inc()
	if !d.Stream {
		m.took.WithLabelValues(method, d.Route).Observe(d.Took.Seconds())
	}
	if d.Limited != "" {
		m.limited.WithLabelValues(d.Limited).Inc()
	}
}

// Transaction is one attempt at a transaction.
type Transaction struct {
	Commands, Bytes int
	Ending          string // one of package protocol's
	Again           bool   // it was not the first with one of its commands
	Took            time.Duration
}

// Transaction counts an attempt at a transaction.
func (m *Metrics) Transaction(t Transaction) {
	m.attempts.WithLabelValues(t.Ending, strconv.FormatBool(t.Again)).Inc()
	m.ordering.Observe(t.Took.Seconds())
	m.batches.Observe(float64(t.Commands))
	m.bytes.Observe(float64(t.Bytes))
}

// Gauge shows a number that something else knows, at the moment it is asked for.
// Labels may be nil; the same name may be shown with several labels.
func (m *Metrics) Gauge(name, help string, labels map[string]string, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help, ConstLabels: labels}, value))
}

// Counter shows a number that something else counts and that only grows.
func (m *Metrics) Counter(name, help string, labels map[string]string, value func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: labels}, value))
}

// Handler answers what Prometheus asks.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry, MaxRequestsInFlight: maxScrapes})
}

// maxScrapes bounds how many ask at a time.
const maxScrapes = 4
