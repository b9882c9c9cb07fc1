/** Breaches of a business's own data, once it was told of them: how the clocks stand, and its word. */
import { z } from 'zod';
import { appendAudit } from '../../db/audit.ts';
import { noteEntry, withEntries } from '../../db/breach-entries.ts';
import { noteAuthority } from '../../db/breach-telling.ts';
import { breachesOfTenant, takeBreach, type Breach } from '../../db/breaches.ts';
import type { OperatorHandle } from '../../db/database.ts';
import { settleNotices } from '../../db/notices.ts';
import type { AuditAction } from '../../domain/audit/actions.ts';
import { clockHours } from '../../domain/breaches/clocks.ts';
import type { BreachId } from '../../domain/ids.ts';
import { breachNoticeKinds } from '../../domain/notices/terms.ts';
import { announceNotices } from '../notices/announce.ts';
import { changeOwn } from '../own-data.ts';
import { idSchema } from '../primitives.ts';
import { problem, type Problem } from '../problems.ts';
import { uuidFor } from '../request-id.ts';
import { route, type Call, type Route } from '../route.ts';
import { download, exportStepUp, sheetFormats, sheetMedia } from '../sheets/download.ts';
import { deedOf, haveLooked, refuseTime } from './deeds.ts';
import { breach, breachAuthority, breachList, breachMeasure } from './schema.ts';
import { registerLines, registerSheet, type RegisterLine } from './sheet.ts';
import { shownToBusiness } from './shown.ts';

const tag = 'Breaches';
const params = z.strictObject({ id: idSchema('breach') });
const asItIs = { 200: { description: 'As it is now', schema: breach } };

/** What a business may know: breaches it was told of, with itself alone. */
async function own(call: Call) {
  const { principal, dependencies } = call;
  return dependencies.db.asOperator('look at breaches of a business', async (o) =>
    withEntries(o, await breachesOfTenant(o, principal.tenantId)),
  );
}

async function ownOne(call: Call, breachId: BreachId) {
  return (await own(call)).find(({ id }) => id === breachId);
}

const list = route({
  method: 'get',
  path: '/v1/breaches',
  tag,
  summary: 'Breaches of personal data that touch the business, the last told first',
  description: `The Data Commissioner has to be told within ${clockHours.authority} hours of when a breach was noticed, and the people it is about unless their data was encrypted. What is held about one of them: \`POST /v1/data-subjects/reports\`.`,
  auth: 'breaches:read',
  request: {},
  responses: { 200: { description: 'What the business was told of', schema: breachList } },
  problems: [],
  handler: async (_input, call) => {
    const data = (await own(call)).map((one) => shownToBusiness(call, one));
    return { status: 200, body: { data } };
  },
});

const exported = route({
  method: 'get',
  path: '/v1/breaches/export',
  tag,
  summary: 'The register of the business as a file',
  description: 'A line for each breach it was told of.',
  auth: 'tenant:export',
  stepUp: exportStepUp,
  request: { query: z.strictObject({ format: z.enum(sheetFormats).default('csv') }) },
  responses: { 200: { description: 'The file', media: sheetMedia } },
  problems: [],
  handler: async ({ query: { format } }, call) =>
    download(call, registerSheet, {
      ...{ list: 'breaches', format, asked: {}, batches: () => ownLines(call) },
    }),
});

async function* ownLines(call: Call): AsyncGenerator<RegisterLine[]> {
  yield registerLines(await own(call), call.dependencies.now());
}

const authority = route({
  method: 'post',
  path: '/v1/breaches/{id}/authority',
  tag,
  summary: 'Note that the Data Commissioner was told',
  description: 'The first word counts: once it is noted it stays as it is.',
  auth: 'breaches:manage',
  stepUp: true,
  request: { params, body: breachAuthority },
  responses: asItIs,
  problems: ['not-found', 'breach-closed'],
  handler: async ({ params: { id }, body: { toldAt, reference = null } }, call) => {
    const { principal, dependencies } = call;
    const { tenantId } = principal;
    const answer = await say(call, id, {
      action: 'breach.authority',
      detail: { reference },
      refuse: ({ noticedAt: since }) => refuseTime(call, toldAt, { pointer: '/toldAt', since }),
      work: async (o) => {
        const deed = deedOf(call);
        const word = { ...deed, toldAt: toldAt ?? deed.at, reference };
        await noteAuthority(o, { breachId: id, tenantId }, word);
      },
    });
    if ('problem' in answer) return answer;
    await changeOwn(call, (t) =>
      settleNotices(
        t,
        breachNoticeKinds.map((kind) => `${kind}/${id}`),
      ),
    );
    announceNotices(dependencies, tenantId);
    return answer;
  },
});

const measures = route({
  method: 'post',
  path: '/v1/breaches/{id}/measures',
  tag,
  summary: 'Note what the business did about it',
  description: 'Such as how its people were told. The house reads it too: name nobody.',
  auth: 'breaches:manage',
  idempotency: 'optional',
  request: { params, body: breachMeasure },
  responses: asItIs,
  problems: ['not-found', 'breach-closed'],
  handler: ({ params: { id }, body }, call) =>
    say(call, id, {
      action: 'breach.measure',
      detail: {},
      work: (o) =>
        noteEntry(o, {
          ...{ ...deedOf(call), breachId: id, tenantId: call.principal.tenantId },
          ...{ id: uuidFor(call, 'measure', body), kind: 'measure', detail: body.text },
        }),
    }),
});

interface Said {
  action: AuditAction;
  detail: Record<string, unknown>;
  refuse?: (found: Breach) => Problem | undefined;
  work: (o: OperatorHandle) => Promise<void>;
}

/** A word of the business on a breach it was told of: in its log, in the register, and to the run. */
async function say(call: Call, breachId: BreachId, said: Said) {
  const { dependencies, requestId } = call;
  const { db } = dependencies;
  const found = await ownOne(call, breachId);
  if (found === undefined) return problem('not-found');
  if (found.closedAt !== null) return problem('breach-closed');
  const refusal = said.refuse?.(found);
  if (refusal !== undefined) return refusal;
  const { actor } = deedOf(call);
  // The log may live in another database: rather in it twice than done and not in it.
  await changeOwn(call, (t) =>
    appendAudit(t, {
      ...{ actor, action: said.action, objectKind: 'breach', objectId: breachId },
      ...{ detail: said.detail, requestId },
    }),
  );
  const isTaken = await db.asOperator(`go on with a breach, by ${actor}`, async (o) => {
    const isOpen = await takeBreach(o, breachId);
    if (isOpen) await said.work(o);
    return isOpen;
  });
  if (!isTaken) return problem('breach-closed');
  await haveLooked(call, breachId);
  const now = await ownOne(call, breachId);
  if (now === undefined) throw new Error('a breach on record stays');
  return { status: 200 as const, body: shownToBusiness(call, now) };
}

export const breachRoutes: readonly Route[] = [list, exported, authority, measures];
