import {
  mappingAccepted,
  mappingPreview,
  mappingProposal,
  type MappingProposal,
} from '../../api/statements/mapping-schema.ts';
import { patchStatement } from '../../db/statements.ts';
import { acceptedStatement } from '../../api/statements/schema.ts';
import { parsePublicId } from '../../domain/ids.ts';
import { generateStatement } from '../../simulators/statements/statement.ts';
import { anOwner } from '../support/api-statements.ts';
import { openApiStage, problemIn, type ApiStage } from '../support/api.ts';
import type { Somebody } from '../support/tenants.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

const accepted = { kind: 'answered', verdict: { accepted: true } } as const;

/** An uploaded bank export whose run has found that it needs a mapping. */
async function aForeignCsv(by?: { somebody: Somebody; token: string }, seed = 801) {
  const { somebody, token } = by ?? (await anOwner(stage));
  const { bytes, truth } = await generateStatement({ layout: 'bank-csv', rows: 40, seed });
  const body = new FormData();
  body.set('file', new Blob([new Uint8Array(bytes)]), 'bank.csv');
  const answer = await stage.fetch('/v1/statements', { body, token });
  const { id } = acceptedStatement.parse(answer.body).statement;
  const statementId = parsePublicId('statement', id);
  if (statementId === undefined) throw new Error('no statement id');
  await stage.database.db.withTenant(somebody.tenantId, (t) =>
    patchStatement(t, statementId, { status: 'waiting-mapping', problem: 'mapping-needed' }),
  );
  return { somebody, token, truth, path: `/v1/statements/${id}/mapping` };
}

async function proposalOf({ path, token }: { path: string; token: string }) {
  const proposal = mappingProposal.parse((await stage.fetch(path, { token })).body);
  if (proposal.proposed === null) throw new Error('nothing was proposed');
  return { ...proposal, proposed: proposal.proposed };
}

describe('GET /v1/statements/{id}/mapping', () => {
  test('header, sample and a proposal whose columns are all in the header', async () => {
    const foreign = await aForeignCsv();

    const { header, sampleRows, proposed, remembered } = await proposalOf(foreign);

    expect(sampleRows.length).toBeGreaterThan(0);
    expect(header).toEqual(expect.arrayContaining(Object.values(proposed.columns)));
    expect(remembered).toBeNull();
  });

  test('a statement that needs no mapping has none to decide', async () => {
    const { token, path } = await anOwner(stage, 'processing');

    const answer = await stage.fetch(`${path}/mapping`, { token });

    expect(problemIn(answer).code).toBe('not-waiting');
  });
});

describe('POST /v1/statements/{id}/mapping/preview', () => {
  test('the first rows are read to the cent, and nothing is stored', async () => {
    const foreign = await aForeignCsv();
    const { proposed } = await proposalOf(foreign);

    const answer = await stage.fetch(`${foreign.path}/preview`, {
      token: foreign.token,
      json: { mapping: proposed },
    });

    const { rows } = mappingPreview.parse(answer.body);
    const amounts = rows.map(({ inCents, outCents }) => inCents - outCents);
    const expected = foreign.truth.rows.slice(0, rows.length);
    expect(rows).toHaveLength(20);
    expect(amounts).toEqual(expected.map(({ inCents, outCents }) => inCents - outCents));
    const stored = await stage.database.asOwner('select 1 from shared.statement_lines');
    expect(stored).toEqual([]);
  });

  test('a mapping to a column that is not there is refused with its name', async () => {
    const foreign = await aForeignCsv();
    const { proposed } = await proposalOf(foreign);
    const mapping = { ...proposed, columns: { ...proposed.columns, details: 'No Such Column' } };

    const answer = await stage.fetch(`${foreign.path}/preview`, {
      token: foreign.token,
      json: { mapping },
    });

    expect(problemIn(answer)).toMatchObject({
      code: 'columns',
      detail: expect.stringContaining('No Such Column'),
    });
  });
});

describe('POST /v1/statements/{id}/mapping', () => {
  const decide = (
    { path, token }: { path: string; token: string },
    mapping: MappingProposal['proposed'],
    more: object = {},
  ) => stage.fetch(path, { token, json: { mapping, ...more } });

  test('the decision goes to the run and is remembered for the next file', async () => {
    const foreign = await aForeignCsv();
    const { proposed } = await proposalOf(foreign);
    const spy = jest.spyOn(stage.temporal, 'provideMapping').mockResolvedValueOnce(accepted);

    const answer = await decide(foreign, proposed, { name: 'My bank' });

    expect(mappingAccepted.parse(answer.body)).toEqual({ accepted: true });
    expect(spy.mock.calls[0]?.[1]).toMatchObject({ mapping: proposed });
    const next = await aForeignCsv(foreign, 802);
    expect((await proposalOf(next)).remembered?.name).toBe('My bank');
    spy.mockRestore();
  });

  test('a mapping that does not fit the header never reaches the run', async () => {
    const foreign = await aForeignCsv();
    const { proposed } = await proposalOf(foreign);
    const spy = jest.spyOn(stage.temporal, 'provideMapping');

    const answer = await decide(foreign, {
      ...proposed,
      columns: { ...proposed.columns, completionTime: proposed.columns.details },
    });

    expect(problemIn(answer).code).toBe('columns');
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  });

  test('a mapping without any amount is refused before the file is opened', async () => {
    const foreign = await aForeignCsv();
    const { proposed } = await proposalOf(foreign);
    const { completionTime, details } = proposed.columns;

    const answer = await decide(foreign, { ...proposed, columns: { completionTime, details } });

    expect(problemIn(answer).errors).toEqual([
      expect.objectContaining({ in: 'body', pointer: '/mapping/columns' }),
    ]);
  });

  test('a run that no longer waits takes no decision', async () => {
    const foreign = await aForeignCsv();
    const { proposed } = await proposalOf(foreign);

    const answer = await decide(foreign, proposed);

    expect(problemIn(answer).code).toBe('not-waiting');
  });
});
