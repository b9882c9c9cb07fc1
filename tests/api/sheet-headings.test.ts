/** In which language the columns of a file are named: a person's in that of the business, a program's stay. */
import { parse } from 'csv-parse/sync';
import * as xlsx from '@e965/xlsx';
import { grantableScopes } from '../../api/auth/permissions.ts';
import { createdApiKey } from '../../api/keys/schema.ts';
import { download } from '../../api/downloads/schema.ts';
import { allRoutes } from '../../api/routes.ts';
import { fileMedia } from '../../api/sheets/download.ts';
import { id, toPublicId, type IdKind } from '../../domain/ids.ts';
import { openApiStage, type ApiStage } from '../support/api.ts';
import { bytesOf, inputOf, makeFile } from '../support/downloads.ts';
import { aVictim, type Victim } from '../support/victim.ts';

jest.setTimeout(60_000);

const files = allRoutes().filter(
  ({ method, path, responses }) =>
    method === 'get' &&
    !path.startsWith('/v1/downloads/') &&
    // Taken along by operators alone, and not by the owner who asks here.
    !path.startsWith('/v1/platform/') &&
    responses[200]?.media?.includes(fileMedia.csv),
);
const kinds: Readonly<Record<string, IdKind>> = {
  ...{ 'collection-batches': 'collectionBatch', 'payout-batches': 'payoutBatch' },
  statements: 'statement',
};

let stage: ApiStage;
let shop: Victim;
/** Of a key that may read and take along everything. */
let key: string;
beforeAll(async () => {
  stage = await openApiStage();
  shop = await aVictim(stage, 'starter');
  const scopes = [
    ...['audit:read', 'collections:read', 'disbursements:read', 'statements:read'],
    ...['ledger:export', 'transactions:export', 'transactions:read'],
  ];
  const made = await stage.fetch('/v1/api-keys', {
    ...{ token: shop.token, json: { name: 'A script', scopes } },
  });
  key = createdApiKey.parse(made.body).key;
});
afterAll(() => stage.close());

const writeIn = (language: 'en' | 'sw') =>
  stage.database.asOwner(
    `update platform.tenants set settings = settings || jsonb_build_object('language', $2::text)
     where id = $1`,
    [shop.tenantId, language],
  );

function addressOf(path: string): string {
  const [, , noun = ''] = path.split('/');
  const kind = kinds[noun];
  if (kind !== undefined)
    return path.replace('{id}', toPublicId(kind, id(kind, shop.ids[kind] ?? '')));
  return path.includes('trial-balance') ? `${path}?format=csv` : path;
}

async function headingsOf(token: string, path: string): Promise<string[]> {
  const answer = await stage.fetch(addressOf(path), { token, headers: { accept: 'text/csv' } });
  expect([path, answer.status]).toEqual([path, 200]);
  const [headings = []]: string[][] = parse(answer.text, { bom: true });
  return headings;
}

const ofKeys: readonly string[] = grantableScopes('owner');

test.each(files)('$path', async ({ path, auth }) => {
  await writeIn('en');
  const english = await headingsOf(shop.token, path);
  await writeIn('sw');
  const swahili = await headingsOf(shop.token, path);

  if (ofKeys.includes(auth)) expect(await headingsOf(key, path)).toEqual(english);
  expect(swahili).toHaveLength(english.length);
  expect(swahili.filter((title, at) => title === english[at])).toEqual([]);
  for (const titles of [english, swahili]) expect(new Set(titles).size).toBe(titles.length);
});

test('a workbook is named and headed alike, also one that is made in the background', async () => {
  await writeIn('sw');
  const path = '/v1/transactions/export';
  const direct = await bytesOf(stage, shop.token, `${path}?format=xlsx`);
  const made = async (token: string) => {
    const asked = await stage.fetch(path, { token, json: { format: 'xlsx' } });
    const one = download.parse(asked.body);
    await makeFile(stage, inputOf(id('tenant', shop.tenantId), one));
    return bytesOf(stage, token, `/v1/downloads/${one.id}/file`);
  };
  const titlesIn = ({ bytes }: { bytes: Buffer }): [string | undefined, unknown] => {
    const { SheetNames, Sheets } = xlsx.read(bytes);
    const [name = ''] = SheetNames;
    const [titles] = xlsx.utils.sheet_to_json<unknown[]>(Sheets[name] ?? {}, { header: 1 });
    return [name, titles];
  };

  const [name, titles] = titlesIn(direct);
  expect([name, titles]).toEqual(['Miamala', expect.arrayContaining(['Risiti', 'Zilizoingia'])]);
  expect(titlesIn(await made(shop.token))).toEqual([name, titles]);
  const [nameForKey, titlesForKey] = titlesIn(await made(key));
  expect([nameForKey, titlesForKey]).toEqual([
    'Transactions',
    expect.arrayContaining(['Receipt', 'Paid in']),
  ]);
});
