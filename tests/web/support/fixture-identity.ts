/** What the fixture server tells about sign-in, devices, second factors and keys. */
import { grantableScopes } from '../../../api/auth/permissions.ts';
import { publicId } from './fixture-rows.ts';
import { ago } from './fixture-statements.ts';
import type { Environment } from '../../../api/meta/schema.ts';

/** The answer to a question about the signed-in person; undefined when it is about something else. */
export function identityAnswer(path: string): { status: number; body: object } | undefined {
  if (path === '/sessions') return { status: 200, body: { data: devices } };
  if (path === '/me/second-factors') return { status: 200, body: factors };
  if (path === '/me/identities') return { status: 200, body: { data: identities } };
  if (path === '/me/totp') return { status: 201, body: offer };
  if (path === '/me/totp/confirm') return { status: 201, body: { recoveryCodes } };
  if (path === '/api-keys') {
    return { status: 200, body: { data: keys, grantable: grantableScopes('owner') } };
  }
  return undefined;
}

const identities = [
  { provider: 'google', name: 'Google', linkedAt: ago(800_000), usedAt: ago(9_000) },
];

const device = (number: number, name: string, isCurrent: boolean) => ({
  id: publicId('ses', number),
  device: name,
  address: isCurrent ? '197.248.10.2' : '2c0f:fe38:2025:1a2b:3c4d:5e6f:7a8b:9c0d',
  methods: ['pwd', 'otp'],
  startedAt: ago(90_000),
  usedAt: ago(number * 4_000),
  endsAt: ago(-90_000),
  isCurrent,
});

const devices = [
  device(1, 'Chrome on Android', true),
  device(2, 'Samsung Internet on Android', false),
  device(3, 'Unknown', false),
];

const factors = {
  totpSince: null,
  recoveryCodesLeft: 8,
  passkeys: [
    {
      id: publicId('psk', 1),
      name: 'The long name somebody gave to the phone in the shop at Gikomba',
      isBackedUp: true,
      createdAt: ago(900_000),
      usedAt: null,
    },
  ],
  isFresh: false,
};

const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const offer = {
  secret,
  uri: `otpauth://totp/Daftari:demo%40daftari.test?issuer=Daftari&secret=${secret}&digits=6`,
};
const recoveryCodes = Array.from({ length: 10 }, (_, index) => `k4tq-m2wz-9rxd-${2000 + index}`);

const key = (number: number, state: string, usedAt: string | null) => ({
  id: publicId('key', number),
  name: ['Till in the shop', 'Reports for the accountant of the whole group', 'Old'][number - 1],
  start: `dft_test_ab12CD3${number}`,
  scopes: ['transactions:read', 'statements:write', 'collections:read', 'ledger:read'],
  addresses: [],
  createdBy: publicId('usr', 1),
  createdAt: ago(900_000),
  expiresAt: ago(-900_000),
  usedAt,
  state,
});

const keys = [key(1, 'active', ago(600)), key(2, 'rotated', null), key(3, 'revoked', null)];

/** What the sign-in screen may show. */
export const fixtureEnvironment: Environment = {
  profile: 'test',
  demoLogin: null,
  identityProviders: [{ id: 'zuri', name: 'Zuri ID' }],
};
