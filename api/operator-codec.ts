/** The remote codec protocol of Temporal: `{payloads: [{metadata, data}]}` in base64, both ways. */
import type { Payload, PayloadCodec } from '@temporalio/common';
import type { RequestHandler } from 'express';
import { z } from 'zod';

const base64 = z.base64().transform((text): Uint8Array => Buffer.from(text, 'base64'));
const request = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).nullish(), data: base64.nullish() }))
    .max(1000),
});

export function decodeWith(codec: PayloadCodec): RequestHandler {
  return convertWith((payloads) => codec.decode(payloads));
}

export function encodeWith(codec: PayloadCodec): RequestHandler {
  return convertWith((payloads) => codec.encode(payloads));
}

function convertWith(convert: (payloads: Payload[]) => Promise<Payload[]>): RequestHandler {
  return async ({ body }, response) => {
    const parsed = request.safeParse(body);
    if (!parsed.success) {
      response.status(400).end();
      return;
    }
    try {
      response.json({ payloads: (await convert(parsed.data.payloads.map(toPayload))).map(toJson) });
    } catch {
      // A payload of another key or a changed one: there is nothing more to say about it.
      response
        .status(400)
        .json({ message: 'These payloads cannot be opened with the present key.' });
    }
  };
}

function toPayload({ metadata, data }: z.output<typeof request>['payloads'][number]): Payload {
  return { ...(metadata ? { metadata } : {}), ...(data ? { data } : {}) };
}

function toJson({ metadata, data }: Payload) {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, toBase64(value)]);
  return { metadata: Object.fromEntries(entries), ...(data ? { data: toBase64(data) } : {}) };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
