/** A twin on a virtual clock, a receiver and a client of it, as tests need them together. */
import { constants, publicEncrypt } from 'node:crypto';
import { usualCredentials } from '../../../simulators/daraja/defaults.ts';
import { startDarajaTwin } from '../../../simulators/daraja/twin.ts';
import type { DarajaTwin, TwinOptions } from '../../../simulators/daraja/twin.ts';
import { startReceiver } from './receiver.ts';
import type { Receiver } from './receiver.ts';

export type Json = Record<string, unknown>;

export interface Replied {
  status: number;
  body: Json;
  text: string;
}

export interface Bench {
  twin: DarajaTwin;
  receiver: Receiver;
  /** Posts to an API with a valid token. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Replied>;
  token(): Promise<string>;
  /** Calls the admin side. */
  admin(method: string, path: string, body?: unknown): Promise<Json>;
  advance(ms: number): Promise<void>;
  push(over?: Json): Promise<Replied>;
  credential(password?: string): string;
  close(): Promise<void>;
}

export const payer = '254712345678';
export const timestamp = '20261114093512';

export function passwordOf(shortcode: string, passkey: string = usualCredentials.passkey): string {
  return Buffer.from(`${shortcode}${passkey}${timestamp}`).toString('base64');
}

export async function openBench(options: TwinOptions = {}): Promise<Bench> {
  const twin = await startDarajaTwin({ clock: 'virtual', ...options });
  const receiver = await startReceiver();
  let known: string | undefined;

  async function token(): Promise<string> {
    const { consumerKey, consumerSecret } = usualCredentials;
    const basic = Buffer.from(`${consumerKey}:${consumerSecret}`).toString('base64');
    const response = await fetch(`${twin.url}/oauth/v1/generate?grant_type=client_credentials`, {
      headers: { authorization: `Basic ${basic}` },
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  async function post(path: string, body: unknown, headers = {}): Promise<Replied> {
    known ??= await token();
    const response = await fetch(`${twin.url}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${known}`,
        'content-type': 'application/json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, body: jsonOr(text), text };
  }

  async function admin(method: string, path: string, body?: unknown): Promise<Json> {
    const response = await fetch(`${twin.adminUrl}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return jsonOr(text);
  }

  return {
    twin,
    receiver,
    post,
    token,
    admin,
    advance: async (ms) => {
      await admin('POST', '/clock', { advanceMs: ms });
    },
    push: (over = {}) =>
      post('/mpesa/stkpush/v1/processrequest', { ...pushBody(receiver.url), ...over }),
    credential: (password = usualCredentials.initiatorPassword) =>
      publicEncrypt(
        { key: twin.certificatePem, padding: constants.RSA_PKCS1_PADDING },
        Buffer.from(password),
      ).toString('base64'),
    close: async () => {
      await twin.close();
      await receiver.close();
    },
  };
}

function jsonOr(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}

export function pushBody(receiverUrl: string): Json {
  return {
    BusinessShortCode: '174379',
    Password: passwordOf('174379'),
    Timestamp: timestamp,
    TransactionType: 'CustomerPayBillOnline',
    Amount: 1500,
    PartyA: payer,
    PartyB: '174379',
    PhoneNumber: payer,
    CallBackURL: `${receiverUrl}/hooks/s/token`,
    AccountReference: 'INV-10442',
    TransactionDesc: 'Rent',
  };
}

/** The `Result` of the newest callback at a path. */
export function resultAt(receiver: Receiver, path: string): Json {
  const body = receiver.bodies(path).at(-1);
  if (body === undefined) throw new Error(`nothing came to ${path}`);
  return body['Result'] as Json;
}

/** Items of a callback by name, as a sensible client reads them. */
export function parametersOf(result: Json): Json {
  const holder = result['ResultParameters'] as Json | undefined;
  const found = holder?.['ResultParameter'] ?? [];
  const items = (Array.isArray(found) ? found : [found]) as { Key: string; Value?: unknown }[];
  return Object.fromEntries(items.map(({ Key, Value }) => [Key, Value]));
}
