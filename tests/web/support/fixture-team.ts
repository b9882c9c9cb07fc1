/** Team, settings, features, audit log and businesses of the fixture person. */
import type { AuditPage, AuditVerdict } from '../../../api/audit/schema.ts';
import { whatStays } from '../../../domain/tenants/forgetting.ts';
import { retention, retentionNames } from '../../../domain/tenants/retention.ts';
import { businessDate } from '../../../domain/time.ts';
import type { FlagList } from '../../../api/flags/schema.ts';
import type { InvitationList, InvitationPreview, MemberList } from '../../../api/members/schema.ts';
import type { TenantImportList } from '../../../api/imports/schema.ts';
import type { SubjectFile, SubjectRequestBody } from '../../../api/data-subjects/schema.ts';
import type { ClosingState } from '../../../api/closings/schema.ts';
import type { HouseTenantList } from '../../../api/tenants/schema.ts';
import type { TenantExportList } from '../../../api/exports/schema.ts';
import type { Settings } from '../../../api/settings/schema.ts';
import type { MembershipList } from '../../../api/tenants/schema.ts';
import { breachesOf, houseBreachesOf } from './fixture-breaches.ts';
import { flagAnswers } from './fixture-flags.ts';
import { publicId } from './fixture-rows.ts';
import { ago } from './fixture-statements.ts';

const members: MemberList['data'] = [
  {
    ...{ id: publicId('usr', 1), name: 'Njeri Kamau', email: 'demo@daftari.test', role: 'owner' },
    ...{ joinedAt: ago(9_000_000), isYou: true, version: 'role-1' },
  },
  {
    ...{ id: publicId('usr', 2), name: 'Otieno Odhiambo wa Kisumu na Viunga Vyake Vyote' },
    ...{ email: 'a.very.long.address.of.an.accountant@accountants-of-kisumu.example' },
    ...{ role: 'finance', joinedAt: ago(900_000), isYou: false, version: 'role-1' },
  },
];

const invitations: InvitationList = {
  data: [
    {
      ...{ id: publicId('ivt', 1), email: 'wanjiku@example.test', role: 'auditor' },
      ...{ isExpired: false, createdAt: ago(9_000), expiresAt: ago(-500_000) },
    },
    {
      ...{ id: publicId('ivt', 2), email: 'kamau@example.test', role: 'analyst' },
      ...{ isExpired: true, createdAt: ago(900_000), expiresAt: ago(9_000) },
    },
  ],
};

const settings: Settings = {
  tenant: {
    ...{ id: publicId('tnt', 1), name: 'Mama Njeri Traders', slug: 'demo', environment: 'test' },
    ...{ plan: 'starter', status: 'active', createdAt: ago(9_000_000) },
  },
  settings: {
    ...{ businessDayStartsAtHour: 4, fiscalYearStartsInMonth: 7, language: 'en' },
    branding: { displayName: 'Mama Njeri', colour: '#0a7d4b' },
  },
  version: 'settings-1',
  limits: [
    { name: 'members', used: 2, max: 5 },
    { name: 'shortcodes', used: null, max: 2 },
    { name: 'statementsPerMonth', used: null, max: 60 },
    { name: 'requestsPerMinute', used: null, max: 300 },
    { name: 'exportsPerDay', used: null, max: 2 },
  ],
  move: {
    ...{ fromPlan: 'starter', toPlan: 'pro', status: 'switched', detail: null },
    ...{ rowCount: 120_450, frozenMilliseconds: 840, createdAt: ago(4_000) },
    ...{ switchedAt: ago(3_900), runUrl: 'http://ui.test/run' },
  },
  retention: retentionNames.map((name) => ({
    ...{ name, keptDays: retention[name].days, isErased: retention[name].isErased },
  })),
  filesLeaving: { count: 4, firstOn: businessDate('2026-12-21') },
};

const about = {
  ...{ description: 'Shown in the words of the screen', plans: [], version: 'choice-1' },
};
const flags: FlagList = {
  data: [
    {
      ...{ key: 'early-screens', isOn: false, reason: 'rollout', canChoose: true, choice: null },
      ...about,
    },
    {
      ...{ key: 'own-branding', isOn: false, reason: 'plan', canChoose: false, choice: null },
      ...about,
    },
    {
      ...{ key: 'weekly-summary', isOn: true, reason: 'choice', canChoose: true, choice: true },
      ...about,
    },
  ],
};

const taking: AuditPage['data'][number] = {
  ...{ seq: 6, at: ago(0), actor: `user:${'0'.repeat(36)}`, actorName: 'Njeri Kamau' },
  ...{ action: 'list.download', objectKind: 'list', objectId: 'transactions' },
  detail: {
    ...{ format: 'csv', rows: 1_240, isWhole: true },
    filter: { from: '2026-11-01', direction: ['in'], 'amountCents[gte]': 100_00, q: true },
  },
  ...{ requestId: 'req-4712', hash: 'cd'.repeat(32) },
};

const audit: AuditPage = {
  data: [
    taking,
    ...[5, 4, 3, 2, 1].map((seq) => ({
      ...{ seq, at: ago((6 - seq) * 1_000), actor: `user:${'0'.repeat(36)}`, objectKind: 'member' },
      actorName: seq === 3 ? null : 'Njeri Kamau',
      action: seq % 2 === 0 ? 'member.role' : 'session.start',
      objectId: '0190aaaa-0000-7000-8000-000000000001',
      detail: { before: 'analyst', after: 'finance' },
      ...{ requestId: 'req-4711', hash: 'ab'.repeat(32) },
    })),
  ],
  nextCursor: null,
  hasMore: false,
};

const verdict: AuditVerdict = {
  ...{ isIntact: true, records: 1_204, head: 'ab'.repeat(32), firstBadSeq: null, problem: null },
  ...{ anchors: 12, checkedAt: ago(0) },
};

function businesses(who: string): MembershipList {
  const first: MembershipList['data'][number] = {
    ...{ id: publicId('tnt', 1), name: 'Mama Njeri Traders', slug: 'demo', plan: 'starter' },
    ...{ environment: who === 'live' ? 'live' : 'test', status: 'active', role: 'owner' },
    isCurrent: true,
  };
  const second: MembershipList['data'][number] = {
    ...{ id: publicId('tnt', 2), name: 'Duka la Pili', slug: 'duka', plan: 'pro' },
    ...{ environment: 'live', status: 'active', role: 'finance', isCurrent: false },
  };
  return { data: who === 'demo' ? [first, second] : [first] };
}

/** What an open invitation shows. */
export const invitationPreview: InvitationPreview = {
  ...{ tenantName: 'Mama Njeri Traders', role: 'finance', email: 'k***@example.test' },
  hasAccount: false,
};

const exported = {
  ...{ filesDone: 90, filesTotal: 88, rowCount: 120_450, byteCount: 48_000_000 },
  ...{ manifestSha256: 'a7'.repeat(32), requestedBy: 'user:1', runUrl: 'http://ui.test/run' },
};

function exportsOf(who: string): TenantExportList {
  if (who === 'empty') return { data: [] };
  return {
    data: [
      {
        ...{ ...exported, id: publicId('exp', 3), status: 'running', manifestSha256: null },
        ...{ filesDone: 12, createdAt: ago(30), readyAt: null, expiresAt: null },
      },
      {
        ...{ ...exported, id: publicId('exp', 2), status: 'ready', createdAt: ago(90_000) },
        ...{ readyAt: ago(89_000), expiresAt: ago(-500_000) },
      },
      {
        ...{ ...exported, id: publicId('exp', 1), status: 'expired', createdAt: ago(900_000) },
        ...{ readyAt: ago(899_000), expiresAt: ago(300_000) },
      },
    ],
  };
}

function importsOf(who: string): TenantImportList {
  if (who === 'empty') return { isEmpty: true, data: [] };
  const brought = { ...{ byteCount: 4_800_000, manifestSha256: null, requestedBy: 'user:1' } };
  const runUrl = 'http://ui.test/run';
  return {
    isEmpty: false,
    data: [
      {
        ...{ ...brought, runUrl, id: publicId('imp', 2), status: 'done', refusal: null },
        ...{ rowCount: 120_450, createdAt: ago(900), endedAt: ago(800) },
      },
      {
        ...{ ...brought, runUrl, id: publicId('imp', 1), status: 'refused', refusal: 'altered' },
        ...{ rowCount: 0, createdAt: ago(1_900), endedAt: ago(1_800) },
      },
    ],
  };
}

const asked = {
  ...({ status: 'asked', reason: 'We retire in December', requestedBy: 'user:2' } as const),
  ...{ decidedBy: null, note: null, graceUntil: null, eraseAfter: null, endedAt: null },
  ...{ createdAt: ago(90_000), runUrl: 'http://ui.test/run' },
};

/** A business that is closing, for whoever is called `closing`. */
function closingOf(who: string): ClosingState {
  if (who !== 'closing') return { closing: null };
  return { closing: { ...asked, status: 'grace', graceUntil: ago(-900_000) } };
}

function house(): HouseTenantList {
  const common = { environment: 'live', createdAt: ago(9_000_000), closingAt: null } as const;
  const data: HouseTenantList['data'] = [
    {
      ...{ ...common, id: publicId('tnt', 3), name: 'Baraka Hardware', slug: 'baraka' },
      ...{ status: 'active', plan: 'pro', isolation: 'schema', members: 4 },
      ...{ transactions: 120_450, closing: asked },
    },
    {
      ...{ ...common, id: publicId('tnt', 2), name: 'Duka la Pili', slug: 'duka' },
      ...{ status: 'suspended', plan: 'starter', isolation: 'shared', members: 1 },
      ...{ transactions: 812, closing: null },
    },
    {
      ...{ ...common, id: publicId('tnt', 1), name: 'Mama Njeri Traders', slug: 'demo' },
      ...{ status: 'active', plan: 'enterprise', isolation: 'database', members: 12 },
      ...{ transactions: 2_410_377, closing: null, environment: 'test' },
    },
  ];
  return { data, nextCursor: null, hasMore: false };
}

/** What is held about a person. */
export function subjectFile(): SubjectFile {
  return {
    ...{ msisdn: '254711223344', name: null },
    records: [
      {
        ...{ kind: 'customer', id: publicId('cus', 1), row: null, at: ago(90_000) },
        words: { name: 'Jane Akinyi', msisdn: '254711223344' },
      },
      {
        ...{ kind: 'statementLine', id: publicId('stm', 1), row: 12, at: ago(190_000) },
        words: { words: { details: 'Funds received from 0711223344 - JANE AKINYI' } },
      },
    ],
  };
}

function subjectRequests(): SubjectRequestBody[] {
  const over = { person: null, decidedBy: 'user:two', note: 'passport seen' };
  const open = {
    decidedBy: null,
    decidedAt: null,
    note: null,
    leftCount: null,
    keptFiles: null,
    stays: [],
  };
  const common = (n: number) => ({
    ...{ id: publicId('sbr', n), pseudonym: 'P-7KQ2M9XT', reason: 'She asked by letter' },
    ...{ requestedBy: 'user:one', requestedAt: ago(90_000), expiresAt: ago(-500_000) },
    runUrl: 'http://temporal.test/run',
  });
  return [
    {
      ...{ ...common(1), ...open, status: 'waiting', isOwn: false, changed: {}, endedAt: null },
      person: { msisdn: '254711223344', name: 'Jane Akinyi' },
    },
    {
      ...{ ...common(2), ...open, status: 'waiting', isOwn: true, changed: {}, endedAt: null },
      person: { msisdn: null, name: 'Otieno Baraka' },
    },
    {
      ...{ ...common(3), ...over, status: 'done', isOwn: true, endedAt: ago(60_000) },
      ...{ decidedAt: ago(70_000), leftCount: 0, keptFiles: 2 },
      stays: whatStays({ changed: 3, keptFiles: 2, leftCount: 0 }),
      changed: { customer: 1, collection: 14, statementLine: 33 },
    },
  ];
}

/** What these addresses answer; undefined for all others. */
export function answerTeam(path: string, who: string): object | undefined {
  const answers: Readonly<Record<string, object>> = {
    '/tenants': businesses(who),
    '/members': { data: who === 'empty' ? members.slice(0, 1) : members, membersMax: 5 },
    '/invitations': invitations,
    '/settings': settings,
    '/flags': flags,
    '/exports': exportsOf(who),
    '/imports': importsOf(who),
    '/closing': closingOf(who),
    '/data-subjects/requests': { data: who === 'empty' ? [] : subjectRequests() },
    '/platform/tenants': house(),
    '/breaches': breachesOf(who),
    '/platform/breaches': houseBreachesOf(who),
    ...flagAnswers,
    '/audit': audit,
    '/audit/verdict': verdict,
  };
  return answers[path];
}
