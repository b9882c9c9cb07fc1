/**
 * What every process needs to be seen: structured logs without personal data, a metrics registry
 * and W3C traces. Business events are functions, one each, so that counter, log line and labels
 * cannot drift apart.
 */
import {
  context,
  propagation,
  SpanStatusCode,
  trace,
  type Context,
  type Tracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  NodeTracerProvider,
} from '@opentelemetry/sdk-trace-node';
import { pino, type DestinationStream, type Logger } from 'pino';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Config } from './config.ts';

export type { Logger } from 'pino';

const redactedPaths = [
  'password',
  '*.password',
  'passwordTicket',
  '*.passwordTicket',
  'authorization',
  'headers.authorization',
  'req.headers.authorization',
  'accessToken',
  '*.accessToken',
  'token',
  '*.token',
];

const personalPatterns: readonly [RegExp, (match: string) => string][] = [
  [
    /(?<![\dA-Za-z]|\d\.)(?:\+?254|0)[17]\d{8}(?!\d)/g,
    (msisdn) => `${msisdn.slice(0, -8)}******${msisdn.slice(-2)}`,
  ],
  [
    /(?<![\dA-Za-z]|\d\.)[2-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{4}(?![\dA-Za-z])/g,
    (card) => `${card.slice(0, 4)}******${card.slice(-4)}`,
  ],
  [/eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, () => '[token]'],
  [/whsec_[\w+/=]+/g, () => 'whsec_[secret]'],
  [/dft_(?:live|test)_\w+/g, () => 'dft_[secret]'],
  [/Bearer\s+[\w.~+/-]+=*/gi, () => 'Bearer [token]'],
];

/** Masks MSISDNs, tokens and keys wherever they stand in a text. */
export function redactText(text: string): string {
  let redacted = text;
  for (const [pattern, mask] of personalPatterns) redacted = redacted.replace(pattern, mask);
  return redacted;
}

function createLogger(options: {
  service: string;
  level: string;
  destination?: DestinationStream;
}): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: { paths: redactedPaths, censor: '[redacted]' },
    hooks: { streamWrite: redactText },
    mixin: () => traceFields(),
  };
  return options.destination ? pino(settings, options.destination) : pino(settings);
}

function traceFields(): Record<string, string> {
  const span = trace.getSpanContext(context.active());
  return span ? { traceId: span.traceId, spanId: span.spanId } : {};
}

/** The W3C header of the active span, for messages that leave this process; undefined without one. */
export function activeTraceparent(): string | undefined {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  return carrier['traceparent'];
}

/** A tracer, and whether anybody will see its spans. */
export type HouseTracer = Tracer & { readonly isExported: boolean };

interface SpanOf {
  name: string;
  traceparent?: string | undefined;
  attributes?: Record<string, string | number>;
}

/**
 * Runs `work` in a span that continues `traceparent`; a throw marks the span and goes on. Where
 * nobody sees spans, one is only made when a log line or an outgoing message asks for its ids.
 */
export function continueTrace<Result>(
  tracer: HouseTracer,
  span: SpanOf,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!tracer.isExported) return context.with(new LateContext(tracer, span), work);
  const parent = contextOf(span.traceparent);
  const options = { attributes: span.attributes ?? {} };
  return tracer.startActiveSpan(span.name, options, parent, async (active) => {
    try {
      return await work();
    } catch (error) {
      active.setStatus({ code: SpanStatusCode.ERROR, message: redactText(String(error)) });
      throw error;
    } finally {
      active.end();
    }
  });
}

/** The context of work whose span is not recorded: worked out when something asks for it. */
class LateContext implements Context {
  readonly #outer = context.active();
  readonly #tracer: Tracer;
  readonly #span: SpanOf;
  #made: Context | undefined;

  constructor(tracer: Tracer, span: SpanOf) {
    this.#tracer = tracer;
    this.#span = span;
  }

  getValue(key: symbol): unknown {
    return this.#context().getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#context().setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#context().deleteValue(key);
  }

  #context(): Context {
    if (this.#made !== undefined) return this.#made;
    const { name, traceparent } = this.#span;
    const parent =
      traceparent === undefined ? this.#outer : propagation.extract(this.#outer, { traceparent });
    this.#made = trace.setSpan(parent, this.#tracer.startSpan(name, {}, parent));
    return this.#made;
  }
}

function contextOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return context.active();
  return propagation.extract(context.active(), { traceparent });
}

function createTracer(
  service: string,
  endpoint: string | undefined,
): { tracer: HouseTracer; stop: () => Promise<void> } {
  const spanProcessors = endpoint
    ? [
        new BatchSpanProcessor(
          new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` }),
        ),
      ]
    : [];
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': `daftari-${service}` }),
    spanProcessors,
    // Spans that nobody will see are not recorded; their ids still tie log lines together.
    sampler: endpoint ? new AlwaysOnSampler() : new AlwaysOffSampler(),
  });
  provider.register({ propagator: new W3CTraceContextPropagator() });
  const isExported = spanProcessors.length > 0;
  const tracer = Object.assign(provider.getTracer('daftari'), { isExported });
  return { tracer, stop: () => provider.shutdown() };
}

const secondsBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

function createMetrics(registry: Registry) {
  return { ...statementMetrics([registry]), ...eventMetrics([registry]) };
}

function statementMetrics(registers: Registry[]) {
  return {
    httpSeconds: new Histogram({
      name: 'daftari_http_request_seconds',
      help: 'Time to answer an HTTP request',
      labelNames: ['method', 'route', 'status'],
      buckets: secondsBuckets,
      registers,
    }),
    statements: new Counter({
      name: 'daftari_statements_total',
      help: 'Statements that reached a verdict',
      labelNames: ['format', 'verdict'],
      registers,
    }),
    statementRows: new Counter({
      name: 'daftari_statement_rows_total',
      help: 'Statement rows by what became of them',
      labelNames: ['result'],
      registers,
    }),
    maskedCards: new Counter({
      name: 'daftari_card_numbers_masked_total',
      help: 'Payment card numbers found in statements and masked',
      registers,
    }),
    stageSeconds: new Histogram({
      name: 'daftari_statement_stage_seconds',
      help: 'Time spent in one stage of ingestion',
      labelNames: ['stage'],
      buckets: secondsBuckets,
      registers,
    }),
  };
}

function eventMetrics(registers: Registry[]) {
  return {
    eventsConsumed: new Counter({
      name: 'daftari_events_consumed_total',
      help: 'Kafka events handled, by consumer and result',
      labelNames: ['consumer', 'result'],
      registers,
    }),
    consumerLagSeconds: new Gauge({
      name: 'daftari_consumer_lag_seconds',
      help: 'Age of the event a consumer handled last',
      labelNames: ['consumer'],
      registers,
    }),
    consumerLagMessages: new Gauge({
      name: 'daftari_consumer_lag_messages',
      help: 'Messages a consumer group has still to read',
      labelNames: ['consumer'],
      registers,
    }),
    requestsRefused: new Counter({
      name: 'daftari_requests_refused_total',
      help: 'Requests refused at the edge, by reason',
      labelNames: ['reason'],
      registers,
    }),
    breakerState: new Gauge({
      name: 'daftari_breaker_open',
      help: 'Circuit breakers: 0 closed, 0.5 half open, 1 open',
      labelNames: ['dependency'],
      registers,
    }),
    outboxBacklog: new Gauge({
      name: 'daftari_outbox_backlog',
      help: 'Outbox rows not yet published',
      registers,
    }),
    outboxAgeSeconds: new Gauge({
      name: 'daftari_outbox_age_seconds',
      help: 'Age of the oldest outbox row not yet published',
      registers,
    }),
    deadLetters: new Counter({
      name: 'daftari_dead_letters_total',
      help: 'Messages set aside because they could not be handled',
      labelNames: ['consumer', 'cause'],
      registers,
    }),
    invariantViolations: new Gauge({
      name: 'daftari_invariant_violations',
      help: 'Rows of ops.invariants; anything but zero is an incident',
      registers,
    }),
    ...breachMetrics(registers),
  };
}

function breachMetrics(registers: Registry[]) {
  return {
    openBreaches: new Gauge({
      name: 'daftari_breaches_open',
      help: 'Breaches of personal data on record that are not closed',
      registers,
    }),
    breachClocks: new Gauge({
      name: 'daftari_breach_clocks',
      help: 'Businesses of open breaches by clock (business, authority) and how it stands',
      labelNames: ['clock', 'standing'],
      registers,
    }),
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

export interface Telemetry {
  log: Logger;
  registry: Registry;
  metrics: Metrics;
  tracer: HouseTracer;
  events: BusinessEvents;
  stop(): Promise<void>;
}

export type BusinessEvents = ReturnType<typeof createEvents>;

function createEvents(log: Logger, metrics: Metrics) {
  return {
    statementJudged(facts: {
      tenantId: string;
      statementId: string;
      format: string;
      verdict: string;
      rows: number;
    }) {
      metrics.statements.inc({ format: facts.format, verdict: facts.verdict });
      log.info({ event: 'statementJudged', ...facts });
    },
    cardNumbersMasked(facts: { tenantId: string; statementId: string; count: number }) {
      metrics.maskedCards.inc(facts.count);
      log.warn({ event: 'cardNumbersMasked', ...facts });
    },
    rowsPosted(facts: {
      tenantId: string;
      statementId: string;
      newRows: number;
      knownRows: number;
    }) {
      metrics.statementRows.inc({ result: 'new' }, facts.newRows);
      metrics.statementRows.inc({ result: 'known' }, facts.knownRows);
      log.info({ event: 'rowsPosted', ...facts });
    },
    stageReached(facts: { tenantId: string; statementId: string; stage: string; seconds: number }) {
      metrics.stageSeconds.observe({ stage: facts.stage }, facts.seconds);
      log.info({ event: 'stageReached', ...facts });
    },
    eventHandled(facts: {
      consumer: string;
      result: 'handled' | 'duplicate' | 'dead';
      lagSeconds: number;
    }) {
      metrics.eventsConsumed.inc({ consumer: facts.consumer, result: facts.result });
      metrics.consumerLagSeconds.set({ consumer: facts.consumer }, facts.lagSeconds);
    },
    messageDied(facts: {
      consumer: string;
      cause: string;
      topic: string;
      partition: number;
      offset: string;
    }) {
      metrics.deadLetters.inc({ consumer: facts.consumer, cause: facts.cause });
      log.error({ event: 'messageDied', ...facts });
    },
  };
}

/** Builds logger, metrics and tracer of one process. Call it once, at the entry point. */
export function createTelemetry(options: {
  service: string;
  config: Pick<Config, 'logLevel' | 'otlpEndpoint'>;
  destination?: DestinationStream;
}): Telemetry {
  const log = createLogger({
    service: options.service,
    level: options.config.logLevel,
    ...(options.destination ? { destination: options.destination } : {}),
  });
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const metrics = createMetrics(registry);
  const { tracer, stop } = createTracer(options.service, options.config.otlpEndpoint);
  return { log, registry, metrics, tracer, events: createEvents(log, metrics), stop };
}
