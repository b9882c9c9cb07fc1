/** Sends inputs through the public API, a few at a time, and keeps how each of them ended. */
import type { ApiClient, StatementView } from './api-client.ts';
import type { BadInput } from './bad-inputs.ts';

export interface Finding {
  outcome?: string;
  severity?: string;
  detail: string;
  rows: readonly { page: number; line: number; receipt: string }[];
}

export interface FullStatement extends StatementView {
  fileName: string;
  mediaKind: string;
  problemDetail: string | null;
  postedCount: number;
  waitingFor: string | null;
  checks: readonly (Finding & { name: string; outcome: string })[];
  tamper: readonly (Finding & { signal: string; severity: string })[];
}

export interface Line {
  ordinal: number;
  line: number;
  receipt: string;
  completedAt: string;
  details: string;
  inCents: number;
  outCents: number;
  transactionId: string | null;
}

export interface Reject {
  page: number;
  line: number;
  raw: string;
  reason: string;
  detail: string;
}

/** How one input ended: refused at the door, or as a statement with its rows. */
export interface Ending {
  httpStatus: number;
  /** Code of the problem answer; undefined when the file was taken. */
  code: string | undefined;
  contentType: string;
  statement: FullStatement | undefined;
  lines: Line[];
  rejects: Reject[];
  tookMs: number;
}

const settleMs = 180_000;

/** Uploads a file, waits until its statement rests, and reads every row it left. */
export async function endingOf(
  client: ApiClient,
  file: { bytes: Uint8Array; fileName: string; password?: string },
): Promise<Ending> {
  const started = performance.now();
  const answer = await client.upload(file);
  const facts = {
    httpStatus: answer.status,
    contentType: answer.headers.get('content-type') ?? '',
  };
  if (answer.status !== 202) {
    const { code } = answer.body as { code?: string };
    const tookMs = performance.now() - started;
    return { ...facts, code, statement: undefined, lines: [], rejects: [], tookMs };
  }
  const { id } = answer.body.statement;
  await client.settled(id, settleMs);
  const tookMs = performance.now() - started;
  const statement = (await client.get<FullStatement>(`/v1/statements/${id}`)).body;
  const lines = await allOf<Line>(client, `/v1/statements/${id}/lines`);
  const rejects = await allOf<Reject>(client, `/v1/statements/${id}/rejects`);
  return { ...facts, code: undefined, statement, lines, rejects, tookMs };
}

/** Every item of a paged list. */
export async function allOf<Item>(client: ApiClient, path: string, limit = 1000): Promise<Item[]> {
  const items: Item[] = [];
  let cursor = '';
  for (;;) {
    const join = path.includes('?') ? '&' : '?';
    const page = await client.get<{ data: Item[]; nextCursor: string | null }>(
      `${path}${join}limit=${limit}${cursor}`,
    );
    if (page.status !== 200) throw new Error(`${path} answered ${page.status}`);
    items.push(...page.body.data);
    if (page.body.nextCursor === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.body.nextCursor)}`;
  }
}

/** Starts all inputs in their order, `width` at a time; answers a function that awaits one by name. */
export function startRun(
  client: ApiClient,
  inputs: readonly BadInput[],
  width = 4,
): (name: string) => Promise<Ending> {
  const endings = new Map<string, PromiseWithResolvers<Ending>>();
  for (const { name } of inputs) {
    const ending = Promise.withResolvers<Ending>();
    // Whoever waits for it sees the failure; until then it must not end the test process.
    ending.promise.catch(() => {});
    endings.set(name, ending);
  }
  const queue = [...inputs];
  const work = async () => {
    for (let input = queue.shift(); input !== undefined; input = queue.shift()) {
      const { name, fileName, password } = input;
      const secret = password === undefined ? {} : { password };
      const ending = endings.get(name);
      try {
        const bytes = await input.bytes();
        ending?.resolve(await endingOf(client, { bytes, fileName, ...secret }));
      } catch (error) {
        ending?.reject(error);
      }
    }
  };
  for (let at = 0; at < width; at += 1) void work();
  return async (name) => {
    const ending = endings.get(name);
    if (ending === undefined) throw new Error(`no input is called ${name}`);
    return ending.promise;
  };
}
