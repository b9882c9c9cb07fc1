import { context, trace } from '@opentelemetry/api';
import { activeTraceparent, continueTrace, createTelemetry, redactText } from '../telemetry.ts';

function captured() {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const config = { logLevel: 'info' as const, otlpEndpoint: undefined };
  return { lines, telemetry: createTelemetry({ service: 'test', config, destination }) };
}

describe('logs', () => {
  test.each([
    ['0712345678', '07******78'],
    ['+254112345678', '+2541******78'],
    ['254712345678', '2547******78'],
    ['Bearer abc.def-ghi', 'Bearer [token]'],
    ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', '[token]'],
    ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'whsec_[secret]'],
  ])('%s is masked as %s', (clear, masked) => {
    expect(redactText(`before ${clear} after`)).toBe(`before ${masked} after`);
  });

  test.each([
    '2026-11-14 09:35:41',
    '1234567890123',
    'amountCents 712345678',
    '0.3284123456780012',
  ])('%s is left as it is', (text) => {
    expect(redactText(text)).toBe(text);
  });

  test('a number hidden deep in an object and a password never reach the stream', () => {
    const { lines, telemetry } = captured();

    telemetry.log.info(
      { body: { note: ['call 0712345678'] }, password: 'karibu' },
      'hello 254712345678',
    );

    expect(lines.join('')).not.toMatch(/712345678|karibu/);
  });
});

describe('traces', () => {
  test('work continues the trace of the message that caused it', async () => {
    const { telemetry } = captured();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

    const seen = await continueTrace(telemetry.tracer, { name: 'work', traceparent }, async () => ({
      traceId: trace.getSpanContext(context.active())?.traceId,
      outgoing: activeTraceparent(),
    }));

    expect(seen.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(seen.outgoing).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-0[01]$/);
  });

  test('all log lines and messages of one piece of work carry the same span', async () => {
    const { lines, telemetry } = captured();

    const [first, second] = await continueTrace(telemetry.tracer, { name: 'work' }, async () => {
      telemetry.log.info('from inside');
      const before = activeTraceparent();
      await Promise.resolve();
      return [before, activeTraceparent()];
    });

    expect(first).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    expect(second).toBe(first);
    expect(lines.join('')).toContain(`"traceId":"${first?.slice(3, 35)}"`);
    expect(activeTraceparent()).toBeUndefined();
  });

  test('work within work stays in the trace and gets a span of its own', async () => {
    const { telemetry } = captured();
    const { tracer } = telemetry;

    const [outer, inner] = await continueTrace(tracer, { name: 'outer' }, async () => {
      const nested = await continueTrace(tracer, { name: 'inner' }, async () =>
        activeTraceparent(),
      );
      return [activeTraceparent(), nested];
    });

    expect(inner?.slice(3, 35)).toBe(outer?.slice(3, 35));
    expect(inner).not.toBe(outer);
  });

  test('a failure inside the span comes through unchanged', async () => {
    const { telemetry } = captured();
    const failure = new Error('no');

    await expect(
      continueTrace(telemetry.tracer, { name: 'work' }, () => Promise.reject(failure)),
    ).rejects.toBe(failure);
  });
});

test('one business event is one log line and one count', async () => {
  const { lines, telemetry } = captured();

  telemetry.events.rowsPosted({ tenantId: 't', statementId: 's', newRows: 3, knownRows: 2 });

  expect(lines).toHaveLength(1);
  expect(
    await telemetry.registry.getSingleMetricAsString('daftari_statement_rows_total'),
  ).toContain('{result="new"} 3');
});
