/**
 * Identifiers are UUIDv7 inside. Outside they carry a prefix and the 32 hexadecimal digits, so that
 * a tenant id cannot be mistaken for a statement id by a person, a log reader or the type checker.
 */
const prefixes = {
  tenant: 'tnt',
  user: 'usr',
  account: 'acc',
  statement: 'stm',
  line: 'lin',
  transaction: 'txn',
  operation: 'op',
  mapping: 'map',
  event: 'evt',
  deadLetter: 'dlt',
  shortcode: 'shc',
  ledgerAccount: 'lac',
  ledgerTransaction: 'ltx',
  reservation: 'rsv',
  customer: 'cus',
  collection: 'col',
  paymentLink: 'plk',
  invoice: 'inv',
  collectionBatch: 'cbt',
  receivedPayment: 'rcv',
  disbursement: 'dis',
  payoutBatch: 'pob',
  limitChange: 'lmc',
  providerQuery: 'pqr',
  reversal: 'rev',
  callback: 'cbk',
  session: 'ses',
  apiKey: 'key',
  passkey: 'psk',
  invitation: 'ivt',
  flag: 'flg',
  flagRequest: 'flr',
  tenantExport: 'exp',
  download: 'dwl',
  tenantImport: 'imp',
  auditRecord: 'aud',
  postingRequest: 'psr',
  balanceMonitor: 'mon',
  savedView: 'viw',
  notice: 'ntc',
  subjectRequest: 'sbr',
  rowChange: 'rch',
  rowMark: 'rmk',
  rowPart: 'rpt',
  attachment: 'att',
  breach: 'brc',
} as const;

export type IdKind = keyof typeof prefixes;

declare const idBrand: unique symbol;
/** A lower-case UUID of one kind, as stored in the database. */
export type Id<Kind extends IdKind> = string & { readonly [idBrand]: Kind };
export type TenantId = Id<'tenant'>;
export type UserId = Id<'user'>;
export type AccountId = Id<'account'>;
export type StatementId = Id<'statement'>;
export type TransactionId = Id<'transaction'>;
export type OperationId = Id<'operation'>;
export type MappingId = Id<'mapping'>;
export type ShortcodeId = Id<'shortcode'>;
export type LedgerAccountId = Id<'ledgerAccount'>;
export type LedgerTransactionId = Id<'ledgerTransaction'>;
export type ReservationId = Id<'reservation'>;
export type PostingRequestId = Id<'postingRequest'>;
export type SubjectRequestId = Id<'subjectRequest'>;
export type RowChangeId = Id<'rowChange'>;
export type DownloadId = Id<'download'>;
export type RowMarkId = Id<'rowMark'>;
export type RowPartId = Id<'rowPart'>;
export type AttachmentId = Id<'attachment'>;
export type SavedViewId = Id<'savedView'>;
export type NoticeId = Id<'notice'>;
export type CustomerId = Id<'customer'>;
export type CollectionId = Id<'collection'>;
export type PaymentLinkId = Id<'paymentLink'>;
export type InvoiceId = Id<'invoice'>;
export type ReceivedPaymentId = Id<'receivedPayment'>;
export type DisbursementId = Id<'disbursement'>;
export type PayoutBatchId = Id<'payoutBatch'>;
export type ReversalId = Id<'reversal'>;
export type CallbackId = Id<'callback'>;
export type SessionId = Id<'session'>;
export type ApiKeyId = Id<'apiKey'>;
export type BreachId = Id<'breach'>;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Brands a UUID; throws when it is not one, because then it came from our own code. */
export function id<Kind extends IdKind>(kind: Kind, uuid: string): Id<Kind> {
  if (!uuidPattern.test(uuid)) throw new TypeError(`not a ${kind} id: ${uuid}`);
  return uuid as Id<Kind>;
}

/** `018f…` → `stm_018f…` without dashes: the form clients see. */
export function toPublicId<Kind extends IdKind>(kind: Kind, uuid: Id<Kind>): string {
  return `${prefixes[kind]}_${uuid.replaceAll('-', '')}`;
}

/** `stm_018f…` → UUID, or undefined when the text is not a public id of that kind. */
export function parsePublicId<Kind extends IdKind>(kind: Kind, text: string): Id<Kind> | undefined {
  const prefix = `${prefixes[kind]}_`;
  if (!text.startsWith(prefix)) return undefined;
  const hex = text.slice(prefix.length);
  if (!/^[0-9a-f]{32}$/.test(hex)) return undefined;
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ];
  return parts.join('-') as Id<Kind>;
}
