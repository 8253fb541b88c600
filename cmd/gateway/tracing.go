package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// flushTime bounds how long the last spans may take to be sent.
const flushTime = 5 * time.Second

// openTraces makes what the spans go through: over OTLP where the configuration or
// the variables of the standard name an endpoint, and nowhere otherwise. What it
// sends goes on from batches, so that no request waits for it; spans that the
// collector does not take in time are lost, and nothing else is.
func openTraces(ctx context.Context, c tracingConfig, organisation string) (trace.TracerProvider, func() error, error) {
	var options []otlptracehttp.Option
	switch {
	case c.Endpoint != "":
		options = append(options, otlptracehttp.WithEndpointURL(c.Endpoint))
	case os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") == "" && os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") == "",
		os.Getenv("OTEL_SDK_DISABLED") == "true":
		return noop.NewTracerProvider(), func() error { return nil }, nil
	}
	exporter, err := otlptracehttp.New(ctx, options...)
	if err != nil {
		return nil, nil, fmt.Errorf("making the exporter of traces: %w", err)
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithSampler(sampler(c.Percent)),
		sdk.WithResource(resource.NewSchemaless(
			attribute.String("service.name", "skuld-gateway"), attribute.String("service.namespace", organisation))))
	return provider, func() error {
		ctx, cancel := context.WithTimeout(context.Background(), flushTime)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			return fmt.Errorf("sending the last spans: %w", err)
		}
		return nil
	}, nil
}

// sampler takes part of the traces, chosen by their ids, so that all gateways that
// a trace goes through choose alike. A caller's wish to have its trace taken does
// not count: it would let strangers decide how much is sent.
func sampler(percent int) sdk.Sampler {
	chosen := sdk.TraceIDRatioBased(float64(percent) / 100)
	return sdk.ParentBased(chosen, sdk.WithRemoteParentSampled(chosen), sdk.WithRemoteParentNotSampled(chosen))
}
