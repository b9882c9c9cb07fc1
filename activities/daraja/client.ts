/**
 * The client of Safaricom's Daraja. The sandbox, production and the twin differ by address and
 * certificate only. Every method answers; a refusal or a failure of the network is never thrown.
 */
import type { ShortcodeCredentials } from '../../db/shortcodes.ts';
import { pull, registerPull, registerUrls, simulateC2b } from './c2b.ts';
import type { CallDependencies, CallFacts } from './call.ts';
import { b2bExpress, billManager, qr, ratiba, type BillManager } from './extras.ts';
import {
  accountBalance,
  b2b,
  b2c,
  b2Pochi,
  remitTax,
  reverse,
  transactionStatus,
} from './initiator.ts';
import type { CallLimiter } from './limiter.ts';
import { stkPush, stkQuery } from './stk.ts';
import type { TokenStore } from './token-store.ts';
import { openTokens, type TokenOutcome } from './tokens.ts';
import { openTransport } from './transport.ts';

export type { Answer, Unanswered } from './answer.ts';
export type { StkAccepted, StkPush, StkState } from './stk.ts';
export type { B2bPayment, B2cPayment, InitiatorAccepted, ResultUrls } from './initiator.ts';
export type { ReversalRequest, StatusQuestion } from './initiator.ts';
export type { C2bUrls, PulledPayment } from './c2b.ts';
export type { CallFacts } from './call.ts';

type Bound<Method> = Method extends (
  deps: CallDependencies,
  cred: ShortcodeCredentials,
  request: infer Request,
) => infer Result
  ? (cred: ShortcodeCredentials, request: Request) => Result
  : never;

export interface Daraja {
  /** Whether consumer key and secret are good: signs in, or says why not. */
  signIn(cred: ShortcodeCredentials): Promise<TokenOutcome>;
  stkPush: Bound<typeof stkPush>;
  stkQuery: Bound<typeof stkQuery>;
  b2c: Bound<typeof b2c>;
  b2Pochi: Bound<typeof b2Pochi>;
  b2b: Bound<typeof b2b>;
  remitTax: Bound<typeof remitTax>;
  b2bExpress: Bound<typeof b2bExpress>;
  reverse: Bound<typeof reverse>;
  transactionStatus: Bound<typeof transactionStatus>;
  accountBalance: Bound<typeof accountBalance>;
  registerUrls: Bound<typeof registerUrls>;
  simulateC2b: Bound<typeof simulateC2b>;
  registerPull: Bound<typeof registerPull>;
  pull: Bound<typeof pull>;
  qr: Bound<typeof qr>;
  ratiba: Bound<typeof ratiba>;
  billManager: BillManager;
  close(): Promise<void>;
}

export interface DarajaOptions {
  baseUrl: string;
  /** PEM text, or how to get it; it is asked for once and remembered when it comes. */
  certificatePem: string | (() => Promise<string>);
  tokens: TokenStore;
  limiter: CallLimiter;
  nowMs: () => number;
  timeoutMs?: number;
  /** How long a call may wait for its turn. */
  turnWaitMs?: number;
  observe?: (facts: CallFacts) => void;
}

export function openDaraja(options: DarajaOptions): Daraja {
  const { baseUrl, timeoutMs = 10_000, nowMs } = options;
  const transport = openTransport({ baseUrl, timeoutMs });
  const tokens = openTokens({ transport, store: options.tokens, nowMs });
  const deps: CallDependencies = {
    ...{ transport, tokens, nowMs, limiter: options.limiter },
    certificate: rememberCertificate(options.certificatePem),
    observe: options.observe ?? (() => {}),
    turnWaitMs: options.turnWaitMs ?? 15_000,
  };
  return {
    signIn: (cred) => tokens.get(cred),
    stkPush: (cred, push) => stkPush(deps, cred, push),
    stkQuery: (cred, question) => stkQuery(deps, cred, question),
    b2c: (cred, payment) => b2c(deps, cred, payment),
    b2Pochi: (cred, payment) => b2Pochi(deps, cred, payment),
    b2b: (cred, payment) => b2b(deps, cred, payment),
    remitTax: (cred, payment) => remitTax(deps, cred, payment),
    b2bExpress: (cred, prompt) => b2bExpress(deps, cred, prompt),
    reverse: (cred, reversal) => reverse(deps, cred, reversal),
    transactionStatus: (cred, question) => transactionStatus(deps, cred, question),
    accountBalance: (cred, question) => accountBalance(deps, cred, question),
    registerUrls: (cred, urls) => registerUrls(deps, cred, urls),
    simulateC2b: (cred, payment) => simulateC2b(deps, cred, payment),
    registerPull: (cred, request) => registerPull(deps, cred, request),
    pull: (cred, range) => pull(deps, cred, range),
    qr: (cred, request) => qr(deps, cred, request),
    ratiba: (cred, order) => ratiba(deps, cred, order),
    billManager: billManager(deps),
    close: () => transport.close(),
  };
}

function rememberCertificate(source: string | (() => Promise<string>)): () => Promise<string> {
  if (typeof source === 'string') return async () => source;
  let known: Promise<string> | undefined;
  return () => {
    known ??= source().catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  };
}
