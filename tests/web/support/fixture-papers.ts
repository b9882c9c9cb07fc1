/** Statements of the fixture server, from the upload to the undo, and the operations behind them. */
import { createHash } from 'node:crypto';
import type { OperationEvent } from '../../../api/operations/schema.ts';
import type { TransactionDetail } from '../../../api/transactions/schema.ts';
import { fixtureLines, fixtureMapping, fixtureUnread } from './fixture-files.ts';
import { Ingestion } from './fixture-ingestion.ts';
import { answerRejects, mendOperationId } from './fixture-rejects.ts';
import { bodyOf, refuse, send, sendPage, type Call } from './fixture-reply.ts';
import { publicId } from './fixture-rows.ts';
import { fixtureStatements, operationOf } from './fixture-statements.ts';

const stored = fixtureStatements();
const moving = new Map<string, Ingestion>();
let uploadNumber = 100;

function allStatements() {
  return [...[...moving.values()].map((one) => one.statement).reverse(), ...stored];
}

export async function answerStatements(
  call: Call,
  path: string,
  { who, rows }: { who: string; rows: TransactionDetail[] },
): Promise<void> {
  const { request, url } = call;
  const query = url.searchParams;
  if (path === '' && request.method === 'POST') return upload(call);
  if (path === '') {
    const text = (query.get('q') ?? '').toLowerCase();
    const data = (who === 'empty' ? [] : allStatements()).filter(
      (one) =>
        (query.get('status') ?? one.status) === one.status &&
        (query.get('verdict') ?? one.verdict) === one.verdict &&
        one.fileName.toLowerCase().includes(text),
    );
    return send(call, 200, {
      data: data.slice(0, Number(query.get('limit') ?? 50)),
      nextCursor: null,
      hasMore: false,
    });
  }
  const [id = '', rest = ''] = path.slice(1).split(/\/(.*)/);
  const ingestion = moving.get(id);
  const statement = ingestion?.statement ?? stored.find((one) => one.id === id);
  if (statement === undefined) return refuse(call, 404, 'not-found');
  const json =
    request.method === 'POST' ? JSON.parse((await bodyOf(request)).toString() || '{}') : {};
  switch (rest) {
    case '':
      return send(call, 200, statement);
    case 'lines':
      return sendPage(call, fixtureLines(rows, statement.rowCount ?? 0));
    case 'rejects':
    case 'rejects/rerun':
      return answerRejects(call, statement, { rest, json });
    case 'password': {
      const accepted = ingestion?.offer(json.password) ?? false;
      return send(call, 200, {
        accepted,
        problem: accepted ? null : 'password-wrong',
        triesLeft: ingestion?.triesLeft ?? 4,
      });
    }
    case 'review':
      ingestion?.decide(json.decision);
      return send(call, 200, ingestion?.statement ?? statement);
    case 'mapping':
      return send(call, 200, request.method === 'POST' ? { accepted: true } : fixtureMapping);
    case 'mapping/preview':
      return send(call, 200, { rows: fixtureLines(rows, 12), rejects: fixtureUnread.slice(0, 1) });
    case 'undo-preview':
      return send(call, 200, {
        transactionCount: 400,
        keptCount: 12,
        inCents: 128_431_000,
        outCents: 119_045_550,
        from: '2026-11-01',
        to: '2026-11-21',
        money: {
          leaving: { count: 3, amountCents: 450_000 },
          staying: { count: 1, amountCents: 20_000 },
          blockedBy: statement.id === publicId('stm', 6) ? [usedMoney] : [],
          isBlockedByMore: false,
        },
      });
    case 'undo':
      return send(call, 202, {
        operation: { ...operationOf(statement), kind: 'statement.undo', status: 'running' },
      });
    default:
      return refuse(call, 404, 'not-found');
  }
}

const usedMoney = {
  ...{ receipt: 'UKL7Q2X9LM', amountCents: 150_000, kind: 'received' },
  id: publicId('rcv', 1),
};

async function upload(call: Call): Promise<void> {
  const body = await bodyOf(call.request);
  const text = body.toString('latin1');
  const name = /filename="([^"]+)"/.exec(text)?.[1] ?? 'statement.pdf';
  const password = /name="password"\r\n\r\n([^\r]*)/.exec(text)?.[1] ?? null;
  const content = text.slice(text.indexOf('filename=')).replace(/-{4,}\S+/g, '');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const known = [...moving.values()].find((one) => one.statement.sha256 === sha256);
  const ingestion =
    known ??
    new Ingestion(
      (uploadNumber += 1),
      { name, sizeBytes: content.length, sha256 },
      call.scene.stepMs,
    );
  if (known === undefined) {
    moving.set(ingestion.statement.id, ingestion);
    ingestion.start(password);
  }
  const { statement } = ingestion;
  return send(call, known === undefined ? 202 : 200, {
    statement,
    operation: operationOf(statement),
    duplicate: known !== undefined,
  });
}

export function answerOperations(call: Call, path: string): void {
  const id = path.split('/')[1] ?? '';
  if (id === mendOperationId && path.endsWith('/events')) return endAtOnce(call);
  const ingestion = [...moving.values()].find((one) => one.statement.operationId === id);
  const statement = ingestion?.statement ?? stored.find((one) => one.operationId === id);
  if (statement === undefined) return refuse(call, 404, 'not-found');
  if (!path.endsWith('/events')) return send(call, 200, operationOf(statement));
  const { request, response } = call;
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write('retry: 2000\n\n: hello\n\n');
  const after = Number(request.headers['last-event-id'] ?? 0);
  const write = (event: OperationEvent): void => {
    response.write(
      `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event.data)}\n\n`,
    );
    if (event.type === 'finished') response.end();
  };
  for (const event of ingestion?.events ?? []) if (event.seq > after) write(event);
  ingestion?.listeners.add(write);
  request.on('close', () => ingestion?.listeners.delete(write));
}

/** The stream of an operation that is over when it is looked at. */
function endAtOnce({ response }: Call): void {
  const data = { status: 'succeeded', verdict: 'proven' };
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.end(`id: 1\nevent: finished\ndata: ${JSON.stringify(data)}\n\n`);
}
