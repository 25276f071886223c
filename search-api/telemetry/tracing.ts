import { TermduetError } from "../../src/terminology/termduet-error.ts";

/** A part of a request that took time: when it began (monotonic milliseconds) and how long it took. */
export interface TracedPart {
  name: string;
  startedMs: number;
  ms: number;
}

/** One request that has ended. Attributes hold nothing that a user typed. */
export interface TracedRequest extends TracedPart {
  attributes: Record<string, string | number>;
  parts: readonly TracedPart[];
  /** W3C `traceparent` of the caller, if there was one. */
  parent: string | undefined;
}

export interface Tracing extends AsyncDisposable {
  request(request: TracedRequest): void;
}

const ENDPOINT = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/**
 * Traces by OpenTelemetry where one of its variables names a collector; undefined elsewhere, and then nothing of it is loaded.
 * Errors: `unavailable` when it is asked for and its packages are not installed.
 */
export async function tracingFrom(
  env: Readonly<Record<string, string | undefined>>,
  version: string,
): Promise<Tracing | undefined> {
  if (!ENDPOINT.some((name) => env[name])) return undefined;
  try {
    const [api, sdk, exporter, resources] = await Promise.all([
      import("@opentelemetry/api"),
      import("@opentelemetry/sdk-trace-node"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ]);
    const provider = new sdk.NodeTracerProvider({
      resource: resources.resourceFromAttributes({
        "service.name": env["OTEL_SERVICE_NAME"] ?? "termduet",
        "service.version": version,
      }),
      spanProcessors: [new sdk.BatchSpanProcessor(new exporter.OTLPTraceExporter())],
    });
    const tracer = provider.getTracer("termduet", version);
    const origin = performance.timeOrigin;
    return {
      request({ name, startedMs, ms, attributes, parts, parent }) {
        const remote = parent === undefined ? undefined : remoteOf(parent);
        const context = remote ? api.trace.setSpanContext(api.ROOT_CONTEXT, remote) : api.ROOT_CONTEXT;
        const span = tracer.startSpan(
          name,
          { kind: api.SpanKind.SERVER, startTime: origin + startedMs, attributes },
          context,
        );
        const inside = api.trace.setSpan(context, span);
        for (const part of parts)
          tracer
            .startSpan(part.name, { startTime: origin + part.startedMs }, inside)
            .end(origin + part.startedMs + part.ms);
        span.end(origin + startedMs + ms);
      },
      [Symbol.asyncDispose]: () => provider.shutdown(),
    };
  } catch (cause) {
    throw new TermduetError(
      "unavailable",
      "traces are asked for, but OpenTelemetry is not installed; npm install @opentelemetry/api @opentelemetry/sdk-trace-node @opentelemetry/exporter-trace-otlp-http @opentelemetry/resources",
      { cause },
    );
  }
}

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

function remoteOf(
  parent: string,
): { traceId: string; spanId: string; traceFlags: number; isRemote: true } | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(parent) ?? [];
  if (traceId === undefined) return undefined;
  return { traceId, spanId: spanId!, traceFlags: Number.parseInt(flags!, 16), isRemote: true };
}
