package client

import (
	"context"
	"fmt"
	"iter"

	"github.com/skuld-registry/skuld/api/client/rest"
	"github.com/skuld-registry/skuld/ledger"
)

// MaxRows is the most rows of an import in one request.
const MaxRows = 1000

// rowsPage is how many rows are asked for at a time; the gateway gives no more.
const rowsPage = 200

// Import is a file whose rows become notes, as the gateway knows it.
type Import = rest.Import

// ImportState says how far an import has come.
type ImportState = rest.ImportState

// The states of an import.
const (
	ImportDraft     ImportState = "draft"
	ImportRunning   ImportState = "running"
	ImportPaused    ImportState = "paused"
	ImportFinished  ImportState = "finished"
	ImportCancelled ImportState = "cancelled"
	// ImportCancelling waits for the outcomes of the rows that were handed in.
	ImportCancelling ImportState = "cancelling"
)

// ImportRow is a row of an import to upload: its signed offer, or what is wrong
// with it.
type ImportRow = rest.ImportChunk_Rows

// RowError says what is wrong with a row.
type RowError = rest.ImportChunk_Rows_Error

// ImportedRow is what became of a row.
type ImportedRow = rest.ImportRow

// OpenImport opens an import. The same digest again is the same import; it must
// stand for the file and for what else decides what its rows become.
func (c *Client) OpenImport(ctx context.Context, name string, digest ledger.Digest, rows int) (*Import, error) {
	return c.importCall(ctx, "opening the import", rest.CreateImport(rest.CreateImportParams{}, rest.ImportRequest{Name: name, Digest: digest, Rows: rows}))
}

// Import gives an import as far as it has come.
func (c *Client) Import(ctx context.Context, id string) (*Import, error) {
	return c.importCall(ctx, "asking for the import", rest.GetImport(id))
}

// StartImport begins to hand in what is uploaded.
func (c *Client) StartImport(ctx context.Context, id string) (*Import, error) {
	return c.importCall(ctx, "starting the import", rest.StartImport(id, rest.StartImportParams{}))
}

// PauseImport stops handing in; ResumeImport goes on.
func (c *Client) PauseImport(ctx context.Context, id string) (*Import, error) {
	return c.importCall(ctx, "pausing the import", rest.PauseImport(id, rest.PauseImportParams{}))
}

// ResumeImport goes on with an import that was paused.
func (c *Client) ResumeImport(ctx context.Context, id string) (*Import, error) {
	return c.importCall(ctx, "resuming the import", rest.ResumeImport(id, rest.ResumeImportParams{}))
}

// CancelImport drops the rows that are not handed in yet.
func (c *Client) CancelImport(ctx context.Context, id string) (*Import, error) {
	return c.importCall(ctx, "cancelling the import", rest.CancelImport(id, rest.CancelImportParams{}))
}

// UploadRows hands over rows, at most MaxRows. Rows that are there already stay
// as they are, so that it is safe to do again.
func (c *Client) UploadRows(ctx context.Context, id string, rows []ImportRow) (*Import, error) {
	if len(rows) > MaxRows {
		return nil, fmt.Errorf("uploading %d rows: the limit is %d", len(rows), MaxRows)
	}
	return c.importCall(ctx, "uploading rows", rest.UploadImportRows(id, rest.UploadImportRowsParams{}, rest.ImportChunk{Rows: rows}))
}

func (c *Client) importCall(ctx context.Context, what string, r rest.Request) (*Import, error) {
	i := new(Import)
	if err := c.retry(ctx, func() error { return c.call(ctx, r, private, i) }); err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	return i, nil
}

// Imports gives the latest imports, the newest first.
func (c *Client) Imports(ctx context.Context) ([]Import, error) {
	var all rest.ImportList
	if err := c.retry(ctx, func() error { return c.call(ctx, rest.ListImports(), private, &all) }); err != nil {
		return nil, fmt.Errorf("listing imports: %w", err)
	}
	return all.Imports, nil
}

// ImportedRows gives what became of the rows of an import, in their order. It
// ends after the first error.
func (c *Client) ImportedRows(ctx context.Context, id string) iter.Seq2[ImportedRow, error] {
	return func(yield func(ImportedRow, error) bool) {
		params := rest.ListImportRowsParams{Limit: rowsPage}
		for {
			var page rest.ImportRows
			r := rest.ListImportRows(id, params)
			if err := c.retry(ctx, func() error { return c.call(ctx, r, private, &page) }); err != nil {
				yield(ImportedRow{}, fmt.Errorf("reading what became of the rows: %w", err))
				return
			}
			for _, row := range page.Rows {
				if !yield(row, nil) {
					return
				}
			}
			if page.Next <= params.After {
				return
			}
			params.After = page.Next
		}
	}
}
