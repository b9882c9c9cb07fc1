/** Features of the house, for its operators. */
import type {
  BusinessLists,
  FlagChangeList,
  FlagFile,
  FlagRequestList,
  FlagTrial,
  HouseFlag,
} from '../../../api/flags/schema.ts';
import { publicId } from './fixture-rows.ts';
import { ago } from './fixture-statements.ts';

const houseFlags: HouseFlag[] = [
  ...(['live', 'test'] as const).map((environment) => ({
    ...{ key: 'early-screens', environment, isOn: true, plans: [], tenants: [], version: 3 },
    description: 'Screens that are not finished yet are shown',
    ...{ rolloutPercent: environment === 'live' ? 12.5 : 100, isTenantsChoice: true },
    ...{ languages: ['sw'], ageDaysMin: 30, ageDaysBelow: null, lists: ['pilot'], needs: [] },
    ...{ phase: 'active' as const, changedAt: ago(9_000), evaluatedAt: ago(60), isStale: false },
  })),
  {
    ...{ key: 'own-branding', environment: 'live', isOn: false, version: 1 },
    ...{ plans: ['pro', 'enterprise'], tenants: [publicId('tnt', 2)], rolloutPercent: 100 },
    description: 'Documents and mails carry the name and colour of the business',
    isTenantsChoice: false,
    ...{ languages: [], ageDaysMin: null, ageDaysBelow: null, lists: [], needs: ['early-screens'] },
    ...{ phase: 'active', changedAt: ago(9_000_000), evaluatedAt: null, isStale: true },
  },
];

const businessLists: BusinessLists['data'] = [
  {
    name: 'pilot',
    tenants: [publicId('tnt', 2)],
    version: 2,
    changedBy: 'user:one',
    updatedAt: ago(9),
  },
];

const flagTrial: FlagTrial = {
  ...{ tenantId: publicId('tnt', 2), environment: 'live', plan: 'pro', language: 'sw' },
  ...{ ageDays: 412, lists: ['pilot'] },
  flags: [
    {
      ...{ key: 'early-screens', isOn: false, reason: 'rollout', choice: null, needs: [] },
      ...{ share: 62.31, rolloutPercent: 12.5 },
    },
    {
      ...{ key: 'own-branding', isOn: false, reason: 'needs', choice: null },
      ...{ share: 8.4, rolloutPercent: 100, needs: ['early-screens'] },
    },
  ],
};

const definitions = houseFlags.map((one) => {
  const { changedAt: _changed, evaluatedAt: _evaluated, isStale: _stale, ...flag } = one;
  return flag;
});

const flagRequests: FlagRequestList = {
  neededIn: ['live'],
  data: [false, true].map((isOwn) => ({
    ...{ id: publicId('flr', isOwn ? 1 : 2), environment: 'live', status: 'waiting', isOwn },
    reason: isOwn ? 'The pilot went well' : 'Everybody asks for it',
    steps: definitions.slice(0, 1).map((before) => {
      const { version: _version, ...flag } = before;
      const after = { ...flag, rolloutPercent: 50, lists: [] };
      return { before, after, changed: ['rolloutPercent', 'lists'] };
    }),
    ...{ requestedBy: 'user:one', requestedAt: ago(4_000), expiresAt: ago(-600_000) },
    ...{ agreedBy: null, agreedAt: null, appliesAt: null },
    ...{ endedBy: null, endedAt: null, endReason: null },
  })),
};

function flagHistory(): FlagChangeList['data'] {
  return definitions
    .slice(0, 2)
    .map((one) => ({ ...one, changedBy: 'user:one', changedAt: ago(90_000) }));
}

const flagFile: FlagFile = {
  ...{ format: 'daftari-flags/1', environment: 'live' },
  flags: definitions.slice(1).map(({ environment: _here, version: _version, ...flag }) => flag),
};

/** What these addresses answer. */
export const flagAnswers: Readonly<Record<string, object>> = {
  '/platform/flags': { data: houseFlags },
  '/platform/flag-requests': flagRequests,
  '/platform/flag-file': flagFile,
  '/platform/business-lists': { data: businessLists },
  [`/platform/tenants/${publicId('tnt', 2)}/flags`]: flagTrial,
  '/platform/flags/early-screens/changes': { data: flagHistory() },
};
