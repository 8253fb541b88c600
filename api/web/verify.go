package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/skuld-registry/skuld/api/limit"
	"github.com/skuld-registry/skuld/api/web/page"
	"github.com/skuld-registry/skuld/api/web/site"
	"github.com/skuld-registry/skuld/ledger/evidence"
)

const (
	// maxProof is the greatest file that the page checks. The program skuld checks
	// larger ones, and many at a time.
	maxProof = 2 << 20
	// maxUpload is the greatest form with such a file.
	maxUpload = maxProof + site.MaxForm
	// maxChecks is how many files are checked at a time: each replays a note.
	// maxUploads is how many are being sent at a time: each takes its size in memory,
	// and its time from senders who dawdle, which keeps no checked one waiting.
	maxChecks  = 4
	maxUploads = 64
)

func (s *Server) getVerify(v *visit) error {
	return v.Show(http.StatusOK, s.verifyPage(proofField()))
}

func (s *Server) verifyPage(file page.Field) *page.Verify {
	return &page.Verify{File: file, Network: s.Service.Network(), Help: s.Help}
}

func proofField() page.Field {
	return page.Field{
		Name: "file", Type: "file", Label: page.Say("verify.file"), Hint: page.Say("verify.file.hint"),
		Accept: ".json,.html," + evidence.MediaType,
	}
}

// postVerify says in words what a file proves. The file is read, checked and dropped.
func (s *Server) postVerify(v *visit) error {
	select {
	case s.uploads <- struct{}{}:
		defer func() { <-s.uploads }()
	default:
		return limit.Refuse("uploads", limit.BusyWait)
	}
	file, fault, err := readProof(v.R)
	if err != nil {
		return err
	}
	if !fault.IsZero() {
		field := proofField()
		field.Error = fault
		return v.Show(http.StatusUnprocessableEntity, s.verifyPage(field))
	}
	report, err := s.check(v.R.Context(), file)
	if err != nil {
		return err
	}
	view, err := s.verified(v, report)
	if err != nil {
		return err
	}
	return v.Show(http.StatusOK, view)
}

// check verifies a file when its turn comes.
func (s *Server) check(ctx context.Context, file []byte) (*evidence.Report, error) {
	select {
	case s.checks <- struct{}{}:
		defer func() { <-s.checks }()
	case <-ctx.Done():
		return nil, limit.Refuse("checks", limit.BusyWait)
	}
	return evidence.VerifyAny(file, evidence.Anchors{Networks: []string{s.Service.Network()}}), nil
}

// readProof reads the file out of the form, or says what is wrong with it.
func readProof(r *http.Request) (file []byte, fault page.Text, err error) {
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, page.Say("verify.none"), nil
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, page.Say("verify.none"), nil
		}
		if err != nil {
			return nil, page.Text{}, site.FormError(fmt.Errorf("reading the form: %w", err))
		}
		if part.FormName() != "file" {
			continue
		}
		file, err = io.ReadAll(io.LimitReader(part, maxProof+1))
		switch {
		case err != nil:
			return nil, page.Text{}, site.FormError(fmt.Errorf("reading the file: %w", err))
		case len(file) == 0:
			return nil, page.Say("verify.none"), nil
		case len(file) > maxProof:
			return nil, page.Say("verify.large"), nil
		}
		return file, page.Text{}, nil
	}
}

// verified puts a report into words.
func (s *Server) verified(v *visit, r *evidence.Report) (*page.Verified, error) {
	view := &page.Verified{Help: s.Help, Refused: !r.Holds()}
	said := func(sort evidence.Sort) []page.Text {
		var all []page.Text
		for _, f := range r.Of(sort) {
			all = append(all, page.Verbatim(f.Text(v.Language)))
		}
		return all
	}
	if !r.Holds() {
		view.Status = status(page.ToneStop, "verify.refused")
		view.Faults = said(evidence.Fault)
		return view, nil
	}
	view.Status = status(page.ToneDone, "verify.genuine")
	view.AsOf = r.AsOf
	view.Proof = page.Proof{Proven: said(evidence.Proven), Unproven: said(evidence.Open)}
	names := s.names(v.R.Context())
	if p := r.Payment; p != nil {
		view.Payment = &page.ProvenPayment{Amount: p.Amount, On: p.On, By: names.company(p.By), Settled: p.Settled, Reversed: p.ReversedBy > 0}
	}
	if c := s.Codes.Of(r.Note); r.Note != "" {
		view.Note = page.Link{Href: "/n/" + c.String(), Text: page.Say("verify.note")}
	}
	return view, names.err
}
