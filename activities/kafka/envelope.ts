/**
 * The envelope of every event on Kafka. The tenant stands in the body and in a header; a message in
 * which the two differ is set aside instead of handled.
 */
import { z } from 'zod';

const envelopeSchema = z.object({
  eventId: z.uuid(),
  type: z.string().min(1).max(100),
  version: z.number().int().min(1),
  tenantId: z.uuid(),
  occurredAt: z.iso.datetime(),
  traceparent: z.string().optional(),
  data: z.record(z.string(), z.unknown()),
});

export type Envelope = z.infer<typeof envelopeSchema>;

/** Why a message cannot become an envelope; a closed list that logs, metrics and operators share. */
export type EnvelopeProblem = 'not-json' | 'not-an-envelope' | 'tenant-mismatch';

export type ReadEnvelope =
  { ok: true; envelope: Envelope } | { ok: false; problem: EnvelopeProblem };

/** Reads the bytes of a message; never throws. */
export function readEnvelope(value: Buffer | null, headerTenant: string | undefined): ReadEnvelope {
  const json = parseJson(value);
  if (json === undefined) return { ok: false, problem: 'not-json' };
  const parsed = envelopeSchema.safeParse(json);
  if (!parsed.success) return { ok: false, problem: 'not-an-envelope' };
  if (headerTenant !== undefined && headerTenant !== parsed.data.tenantId) {
    return { ok: false, problem: 'tenant-mismatch' };
  }
  return { ok: true, envelope: parsed.data };
}

function parseJson(value: Buffer | null): unknown {
  if (value === null) return undefined;
  try {
    return JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
