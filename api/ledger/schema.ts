import { z } from 'zod';
import { postingRequestStatuses } from '../../domain/ledger/posting-requests.ts';
import { accountKinds, tracedLists } from '../../domain/ledger/terms.ts';
import { roles } from '../auth/permissions.ts';
import {
  businessDateSchema,
  centsSchema,
  currencySchema,
  idSchema,
  instantSchema,
  pageOf,
  publicIdSchema,
  versionSchema,
} from '../primitives.ts';

export const reservationStatuses = ['open', 'committed', 'voided', 'expired'] as const;

/** Which account an entry is of. */
const accountName = {
  kind: z.enum(accountKinds),
  owner: z.string().nullable().describe('The shortcode or customer it belongs to, if any'),
};

/** An account of the books with what it holds. */
export const ledgerAccount = z
  .strictObject({
    id: publicIdSchema,
    ...accountName,
    ownerName: z.string().nullable(),
    currency: currencySchema,
    balanceCents: centsSchema,
    reservedCents: centsSchema.describe('Held for movements that are under way'),
    availableCents: centsSchema,
    openedAt: instantSchema,
    closedAt: instantSchema.nullable(),
  })
  .meta({ id: 'LedgerAccount' });
export type LedgerAccount = z.infer<typeof ledgerAccount>;

export const ledgerAccountPage = pageOf(ledgerAccount).meta({ id: 'LedgerAccountPage' });
export type LedgerAccountPage = z.infer<typeof ledgerAccountPage>;

export const ledgerEntry = z
  .strictObject({
    leg: z.int().positive(),
    accountId: publicIdSchema,
    ...accountName,
    ownerName: z.string().nullable(),
    amountCents: centsSchema.describe('Below zero leaves the account, above zero enters it'),
  })
  .meta({ id: 'LedgerEntry' });

/** A transaction of the books: entries that sum to zero. */
export const ledgerTransaction = z
  .strictObject({
    id: publicIdSchema,
    reference: z.string(),
    kind: z.string(),
    occurredAt: instantSchema,
    recordedAt: instantSchema,
    amountCents: centsSchema.describe('The sum of what entered accounts'),
    currency: currencySchema,
    receipt: z.string().nullable(),
    reason: z.string().nullable(),
    actor: z.string(),
    source: z.strictObject({
      kind: z.string(),
      id: z.string(),
      objectId: publicIdSchema.nullable().describe('The same id as its own routes take it'),
      runUrl: z.string().nullable().describe('The run in Temporal that made it'),
    }),
    reverses: publicIdSchema.nullable(),
    reversedBy: publicIdSchema.nullable(),
    entries: z.array(ledgerEntry),
  })
  .meta({ id: 'LedgerTransaction' });
export type LedgerTransaction = z.infer<typeof ledgerTransaction>;

export const journalPage = pageOf(ledgerTransaction).meta({ id: 'JournalPage' });
export type JournalPage = z.infer<typeof journalPage>;

export const statementEntry = z
  .strictObject({
    transactionId: publicIdSchema,
    leg: z.int().positive(),
    kind: z.string(),
    reference: z.string(),
    receipt: z.string().nullable(),
    occurredAt: instantSchema,
    amountCents: centsSchema,
    balanceCents: centsSchema.describe('What the account held after this entry'),
  })
  .meta({ id: 'LedgerStatementEntry' });
export type LedgerStatementEntry = z.infer<typeof statementEntry>;

/** One page of an account's statement, newest first, between two balances. */
export const accountStatement = z
  .strictObject({
    account: ledgerAccount,
    from: businessDateSchema.nullable(),
    to: businessDateSchema.nullable(),
    openingCents: centsSchema,
    closingCents: centsSchema,
    data: z.array(statementEntry),
    nextCursor: z.string().nullable(),
    hasMore: z.boolean(),
  })
  .meta({ id: 'LedgerAccountStatement' });
export type AccountStatement = z.infer<typeof accountStatement>;

export const trialBalanceLine = z
  .strictObject({
    accountId: publicIdSchema.nullable().describe('Null on the line of all customers'),
    ...accountName,
    ownerName: z.string().nullable(),
    accountCount: z.int().positive(),
    debitCents: centsSchema,
    creditCents: centsSchema,
  })
  .meta({ id: 'TrialBalanceLine' });

/** Every account that is not empty; both columns have the same sum. */
export const trialBalance = z
  .strictObject({
    at: instantSchema,
    currency: currencySchema,
    lines: z.array(trialBalanceLine),
    debitCents: centsSchema,
    creditCents: centsSchema,
  })
  .meta({ id: 'TrialBalance' });
export type TrialBalance = z.infer<typeof trialBalance>;

const receiptCredit = z.strictObject({
  receipt: z.string(),
  leg: z.string(),
  amountCents: centsSchema,
  transactionId: publicIdSchema,
  source: z.strictObject({ kind: z.string(), id: z.string() }),
  at: instantSchema,
});

const reservation = z.strictObject({
  id: publicIdSchema,
  amountCents: centsSchema,
  committedCents: centsSchema.nullable(),
  status: z.enum(reservationStatuses),
  why: z.string().nullable(),
  createdAt: instantSchema,
  closedAt: instantSchema.nullable(),
  runUrl: z.string().nullable(),
});

/** The story of a payment: a page of everything that belongs to a receipt, an id or a run. */
export const lineage = z
  .strictObject({
    transactions: z.array(ledgerTransaction),
    receipts: z.array(receiptCredit),
    reservations: z.array(reservation),
    events: z.array(
      z.strictObject({
        id: z.string(),
        type: z.string(),
        at: instantSchema,
        publishedAt: instantSchema.nullable(),
      }),
    ),
    callbacks: z.array(
      z.strictObject({
        id: publicIdSchema,
        letter: z.string(),
        state: z.string(),
        cause: z.string().nullable().describe('Why it was set aside'),
        repeats: z.int().describe('How often the same words came again'),
        at: instantSchema,
      }),
    ),
    questions: z
      .array(
        z.strictObject({
          id: publicIdSchema,
          kind: z.enum(['status', 'balance']),
          at: instantSchema,
          answeredAt: instantSchema.nullable(),
        }),
      )
      .describe('What M-PESA was asked about payouts'),
    audit: z.array(
      z.strictObject({
        seq: z.int(),
        actor: z.string(),
        action: z.string(),
        at: instantSchema,
      }),
    ),
    runs: z.array(z.strictObject({ workflowId: z.string(), url: z.string() })),
    isWhole: z.boolean().describe('False when the story is longer than it is followed'),
    cut: z
      .array(z.enum(tracedLists))
      .describe('Lists of this page that have more rows than are given'),
    nextCursor: z.string().nullable(),
    hasMore: z.boolean(),
  })
  .meta({ id: 'Lineage' });
export type Lineage = z.infer<typeof lineage>;

const reasonField = z.string().trim().min(3).max(500).describe('Why, for whoever reads the books');

const adjustmentFields = {
  accountId: idSchema('ledgerAccount'),
  amountCents: centsSchema.refine((amount) => amount > 0 && amount <= 1e13, {
    message: 'must be above zero and below a hundred billion shillings',
  }),
  side: z.enum(['in', 'out']).describe('`in` puts money into the account, `out` takes it out'),
};

export const adjustmentRequest = z.strictObject({ ...adjustmentFields, reason: reasonField });
export const reversalRequest = z.strictObject({ reason: reasonField });
export const rejection = z.strictObject({ reason: z.string().trim().min(3).max(500) });
export const agreement = z.strictObject({ note: z.string().trim().min(1).max(500).optional() });

export const dryRunRequest = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('adjustment'), ...adjustmentFields }),
  z.strictObject({ kind: z.literal('reversal'), transactionId: idSchema('ledgerTransaction') }),
  z.strictObject({
    kind: z.literal('earning'),
    ...{ customerId: idSchema('customer'), shortcodeId: idSchema('shortcode') },
    amountCents: adjustmentFields.amountCents,
  }),
]);

/** What a posting would do at this moment; nothing of it is stored. */
export const dryRunResult = z
  .strictObject({
    currency: currencySchema,
    effects: z.array(
      z.strictObject({
        accountId: publicIdSchema.nullable().describe('Null when the posting would open it'),
        ...accountName,
        ownerName: z.string().nullable(),
        changeCents: centsSchema,
        beforeCents: centsSchema,
        afterCents: centsSchema,
        availableCents: centsSchema.describe('What may be spent now'),
      }),
    ),
    refusal: z
      .enum(['insufficient-funds', 'already-reversed', 'account-closed'])
      .nullable()
      .describe('Why the ledger would say no; null when it would post'),
  })
  .meta({ id: 'LedgerDryRun' });
export type DryRunResult = z.infer<typeof dryRunResult>;

/** A posting by hand that waits for a second person, or what became of it. */
export const postingRequest = z
  .strictObject({
    id: publicIdSchema,
    kind: z.enum(['adjustment', 'reversal', 'earning']),
    accountId: publicIdSchema.nullable(),
    side: z.enum(['in', 'out']).nullable(),
    amountCents: centsSchema.nullable(),
    customerId: publicIdSchema.nullable().describe('Whose credit was earned'),
    shortcodeId: publicIdSchema.nullable().describe('Whose revenue it becomes'),
    transactionId: publicIdSchema.nullable().describe('The transaction that is to be undone'),
    currency: currencySchema,
    reason: z.string(),
    status: z.enum(postingRequestStatuses),
    requestedBy: z.string(),
    isOwn: z.boolean().describe('Whether you asked for it; then somebody else decides'),
    requestedAt: instantSchema,
    expiresAt: instantSchema,
    decidedBy: z.string().nullable(),
    decidedAt: instantSchema.nullable(),
    note: z.string().nullable(),
    postedId: publicIdSchema.nullable().describe('The transaction that was posted'),
  })
  .meta({ id: 'PostingRequest' });
export type PostingRequestView = z.infer<typeof postingRequest>;

export const postingRequestPage = pageOf(postingRequest).meta({ id: 'PostingRequestPage' });

const monitorFields = {
  name: z.string().trim().min(1).max(60),
  direction: z.enum(['below', 'above']),
  thresholdCents: centsSchema.refine((amount) => Math.abs(amount) <= 1e13, {
    message: 'must be below a hundred billion shillings',
  }),
  tells: z.array(z.enum(roles)).min(1).max(roles.length).describe('The roles that are told'),
};

export const monitorRequest = z.strictObject({
  accountId: idSchema('ledgerAccount'),
  ...monitorFields,
  tells: monitorFields.tells.default(['owner', 'finance']),
});

export const monitorChange = z
  .strictObject({
    name: monitorFields.name.optional(),
    direction: monitorFields.direction.optional(),
    thresholdCents: monitorFields.thresholdCents.optional(),
    tells: monitorFields.tells.optional(),
    isPaused: z.boolean().optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'must change something' });

/** A line that is watched: it trips once, and is armed again when the balance came back. */
export const balanceMonitor = z
  .strictObject({
    id: publicIdSchema,
    accountId: publicIdSchema,
    ...accountName,
    ownerName: z.string().nullable(),
    name: z.string(),
    direction: z.enum(['below', 'above']),
    thresholdCents: centsSchema,
    currency: currencySchema,
    state: z.enum(['armed', 'tripped', 'paused']),
    crossedAt: instantSchema.nullable().describe('When it tripped last'),
    pausedAt: instantSchema.nullable(),
    tells: z.array(z.string()),
    createdBy: z.string(),
    version: versionSchema,
  })
  .meta({ id: 'BalanceMonitor' });
export type BalanceMonitor = z.infer<typeof balanceMonitor>;

export const monitorList = z
  .strictObject({ data: z.array(balanceMonitor) })
  .meta({ id: 'BalanceMonitorList' });
