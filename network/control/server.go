package control

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/skuld-registry/skuld/network"
	"github.com/skuld-registry/skuld/network/process"
)

// Limits of the control interface.
const (
	dialLimit     = 2 * time.Second
	headerLimit   = 5 * time.Second
	maxHeader     = 16 << 10
	maxAnswer     = network.MaxFileBytes
	shutdownLimit = time.Second
)

// Supervisor is what the interface controls.
type Supervisor interface {
	Status() Status
	// Kill ends a process at once; hold keeps it down until Release.
	Kill(name string, hold bool) error
	// Release starts a process that is held down or was given up.
	Release(name string) error
	// Upgrade puts a new definition of a chaincode on the channel, served by
	// the program as it is now.
	Upgrade(ctx context.Context, chaincode string) error
	// AddOrganisation makes an organisation a member of the channel.
	AddOrganisation(ctx context.Context, o network.Organisation) error
	// AdmitCandidate makes an organisation on another machine a member.
	AdmitCandidate(ctx context.Context, c network.Candidate) (network.Welcome, error)
	// Renew renews the certificates that end within a time, and says which.
	Renew(ctx context.Context, within time.Duration) ([]string, error)
}

type failure struct {
	Error string `json:"error"`
}

// Serve answers on the home's socket, which Listen opened, until the context
// ends.
func Serve(ctx context.Context, listener net.Listener, s Supervisor) error {
	server := &http.Server{
		Handler:           handler(s),
		ReadHeaderTimeout: headerLimit,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          log.New(os.Stderr, "control: ", 0),
	}
	stop := context.AfterFunc(ctx, func() {
		limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownLimit)
		defer cancel()
		if server.Shutdown(limited) != nil {
			// A request that does not end is cut off.
			_ = server.Close()
		}
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func handler(s Supervisor) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, s.Status())
	})
	mux.HandleFunc("POST /processes/{name}/kill", func(w http.ResponseWriter, r *http.Request) {
		done(w, s.Kill(r.PathValue("name"), r.URL.Query().Get("hold") == "true"))
	})
	mux.HandleFunc("POST /processes/{name}/start", func(w http.ResponseWriter, r *http.Request) {
		done(w, s.Release(r.PathValue("name")))
	})
	mux.HandleFunc("POST /chaincodes/{name}/upgrade", func(w http.ResponseWriter, r *http.Request) {
		// Half an upgrade helps nobody: it goes on if the caller leaves.
		done(w, s.Upgrade(context.WithoutCancel(r.Context()), r.PathValue("name")))
	})
	mux.HandleFunc("POST /organisations/{name}", func(w http.ResponseWriter, r *http.Request) {
		peers, err := strconv.Atoi(r.URL.Query().Get("peers"))
		if err != nil {
			answer(w, http.StatusBadRequest, failure{"the number of peers: " + err.Error()})
			return
		}
		o := network.NewOrganisation(r.PathValue("name"), peers)
		done(w, s.AddOrganisation(context.WithoutCancel(r.Context()), o))
	})
	mux.HandleFunc("POST /admissions", func(w http.ResponseWriter, r *http.Request) {
		var c network.Candidate
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, network.MaxFileBytes)).Decode(&c); err != nil {
			answer(w, http.StatusBadRequest, failure{"reading the candidate: " + err.Error()})
			return
		}
		welcome, err := s.AdmitCandidate(context.WithoutCancel(r.Context()), c)
		if err != nil {
			done(w, err)
			return
		}
		answer(w, http.StatusOK, welcome)
	})
	mux.HandleFunc("POST /renewal", func(w http.ResponseWriter, r *http.Request) {
		within, err := time.ParseDuration(r.URL.Query().Get("within"))
		if err != nil {
			answer(w, http.StatusBadRequest, failure{"the time within which certificates end: " + err.Error()})
			return
		}
		renewed, err := s.Renew(context.WithoutCancel(r.Context()), within)
		if err != nil {
			done(w, err)
			return
		}
		answer(w, http.StatusOK, renewed)
	})
	return mux
}

func done(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		answer(w, http.StatusOK, struct{}{})
	case errors.Is(err, process.ErrUnknown):
		answer(w, http.StatusNotFound, failure{err.Error()})
	default:
		answer(w, http.StatusConflict, failure{err.Error()})
	}
}

func answer(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	// A caller that has left needs no answer.
	_ = json.NewEncoder(w).Encode(v)
}
