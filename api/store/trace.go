package store

import (
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/skuld-registry/skuld/ledger"
)

const (
	// tracerName names who makes the spans of the read model.
	tracerName = "github.com/skuld-registry/skuld/api/store"
	// maxTraced bounds how many transactions a span names.
	maxTraced = 64
)

// traced takes blocks in a span that names their transactions: by these it is
// found from the trace of the request that made one. The trace itself does not
// come with a block, which is everybody's.
func (f *Follower) traced(ctx context.Context, blocks []ledger.Block) error {
	provider := f.Tracer
	if provider == nil {
		provider = noop.NewTracerProvider()
	}
	ctx, span := provider.Tracer(tracerName).Start(ctx, "read_model.blocks")
	defer span.End()
	if span.IsRecording() {
		var ids []string
		for _, b := range blocks {
			for _, t := range b.Transactions[:min(len(b.Transactions), maxTraced-len(ids))] {
				ids = append(ids, t.ID)
			}
		}
		span.SetAttributes(attribute.Int64("skuld.block", int64(blocks[0].Number)), attribute.Int("skuld.blocks", len(blocks)),
			attribute.StringSlice("skuld.transactions", ids))
	}
	err := f.take(ctx, blocks)
	if err != nil {
		span.SetStatus(codes.Error, "the blocks are not in the read model")
	}
	return err
}
