/** What a row says in words: sealed once, and the same bytes serve the line and the transaction. */
import type { Counterparty, StatementLine } from '../domain/statements/terms.ts';
import type { TenantHandle } from './database.ts';
import { rowContext } from './seal.ts';

export interface RowSecrets {
  details: string;
  /** The row as read, cells separated by ` | `. */
  raw: string;
  /** Why the row was read as it was. */
  reason: string;
  counterparty: Omit<Counterparty, 'key'> | null;
  accountReference?: string;
  linkedReceipt?: string;
  subAccount?: string;
  initiatedAt?: string;
}

type Sealing = Pick<TenantHandle, 'seal'>;

export function sealRow(t: Sealing, line: StatementLine): Buffer {
  const { counterparty } = line.reading;
  const secrets: RowSecrets = {
    details: line.details,
    raw: line.raw,
    reason: line.reading.reason,
    counterparty: counterparty === undefined ? null : withoutKey(counterparty),
    ...(line.accountReference === undefined ? {} : { accountReference: line.accountReference }),
    ...(line.linkedReceipt === undefined ? {} : { linkedReceipt: line.linkedReceipt }),
    ...(line.subAccount === undefined ? {} : { subAccount: line.subAccount }),
    ...(line.initiatedAt === undefined ? {} : { initiatedAt: line.initiatedAt }),
  };
  return t.seal.seal(JSON.stringify(secrets), rowContext);
}

/** Opens what `sealRow` sealed; throws when the bytes were altered or belong to another tenant. */
export function openRow(t: Sealing, sealed: Uint8Array): RowSecrets {
  return JSON.parse(t.seal.open(sealed, rowContext));
}

function withoutKey({ kind, name, msisdn, shortcode, accountReference }: Counterparty) {
  return { kind, name, msisdn, shortcode, accountReference };
}

/** Tokens under which a row is found by its words; a receipt is looked up in its own index. */
export function searchTokensOf(t: Sealing, line: StatementLine): string[] {
  const { details, accountReference } = line;
  return tokensOfWords(t, { details, accountReference, counterparty: line.reading.counterparty });
}

/** The same from what `sealRow` sealed. */
export function tokensOfWords(
  t: Sealing,
  words: {
    details: string;
    accountReference?: string | undefined;
    counterparty?: Pick<Counterparty, 'name' | 'shortcode'> | null | undefined;
  },
): string[] {
  const { accountReference, counterparty, details } = words;
  const parts = [accountReference, counterparty?.name, counterparty?.shortcode];
  const text = parts.filter((part) => part !== undefined).join(' ');
  return t.seal.tokens(`${text} ${details}`);
}
