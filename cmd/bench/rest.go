package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/skuld-registry/skuld/api/client"
	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
	"github.com/skuld-registry/skuld/ledger/finance"
	"github.com/skuld-registry/skuld/network"
)

// listed is how many notes a page of the list has.
const listed = 50

// overREST measures reads and writes through a gateway beside the plain put, and then
// the pages of the registrar's. It starts the network once more, with gateways: while the other workloads are
// measured there are none, since they take their part of the machine.
func overREST(ctx context.Context, o options, rig rigOptions) (cells []cell, pages *pagesLoad, memory peaks, err error) {
	rig.Gateways = true
	fmt.Fprintln(rig.Progress, "Starting the network again, with gateways.")
	r, err := startRig(ctx, rig)
	if err != nil {
		return nil, nil, nil, err
	}
	defer func() { err = errors.Join(err, r.stop()) }()
	stage, err := r.connect(ctx, slices.Max(o.Callers))
	if err != nil {
		return nil, nil, nil, err
	}
	defer func() { err = errors.Join(err, stage.close()) }()
	gateways, err := network.ReadEndpoints(r.home)
	if err != nil {
		return nil, nil, nil, err
	}
	lender, err := stage.cast.lender.client(gateways["lender"].Gateway, slices.Max(o.Callers))
	if err != nil {
		return nil, nil, nil, err
	}
	workloads := append([]workload{stage.floor.workload()}, stage.cast.requests(lender, stage.groups)...)
	if cells, memory, err = measureAll(ctx, o, workloads, r, rig.Progress); err != nil {
		return nil, nil, nil, err
	}
	pages, err = stage.pages(ctx, o, r, rig.Progress)
	return cells, pages, memory, err
}

// client makes a client of a gateway that keeps as many connections as it has callers.
func (a *actor) client(gateway string, callers int) (*client.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConns, transport.MaxIdleConnsPerHost = callers, callers
	return client.New(client.Options{Gateway: gateway, Party: a.id, Key: a.key, Transport: transport})
}

// requests are the workloads of a lender's system: every request has an access
// token and a new proof of its key.
func (c *cast) requests(lender *client.Client, quick ledgers) []workload {
	return []workload{
		{Name: "REST read note", prepare: func(ctx context.Context, callers int) (work, error) {
			notes, err := c.activeNotes(ctx, quick, callers)
			return func(ctx context.Context, caller int) (int, error) {
				return 1, lender.Do(ctx, rest.GetNote(string(notes[caller].note), rest.GetNoteParams{}), new(client.Note))
			}, err
		}},
		{Name: "REST list notes", prepare: func(ctx context.Context, _ int) (work, error) {
			_, err := c.activeNotes(ctx, quick, listed)
			return func(ctx context.Context, _ int) (int, error) {
				return 1, lender.Do(ctx, rest.ListNotes(rest.ListNotesParams{Limit: listed}), new(rest.NoteList))
			}, err
		}},
		{Name: "REST pay", prepare: func(ctx context.Context, callers int) (work, error) {
			notes, err := c.activeNotes(ctx, quick, callers)
			return func(ctx context.Context, caller int) (int, error) { return 1, notes[caller].payOver(ctx, lender) }, err
		}},
	}
}

// payOver writes one payment on the note through a gateway.
func (h *held) payOver(ctx context.Context, holder *client.Client) error {
	_, signed, err := holder.Write(ctx, client.Draft{Op: ledger.OpPay, Subject: string(h.note), Seq: h.seq + 1, Body: payment()})
	if err != nil {
		return err
	}
	if _, err := holder.Submit(ctx, signed); err != nil {
		return err
	}
	h.seq++
	return nil
}

// printREST shows what the gateway was measured with.
func (r report) printREST(out io.Writer) error {
	if len(r.REST) == 0 {
		return nil
	}
	fmt.Fprintln(out, "\nThrough a gateway, each request with a token and a proof; the put of the same minutes first:")
	return printCells(out, "requests", r.REST)
}

// payment is the body of one payment of the benchmark.
func payment() ledger.PayBody {
	return ledger.PayBody{Amount: finance.Money{Amount: onePayment, Currency: "SEK"}, PaidOn: today()}
}
