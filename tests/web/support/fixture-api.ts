/** The answers of the fixture server, by method and path. */
import { randomUUID } from 'node:crypto';
import { toBuffer } from 'qrcode';
import { permissionsOf, type Permission, type Role } from '../../../api/auth/permissions.ts';
import type { TransactionDetail } from '../../../api/transactions/schema.ts';
import { addDays, businessDate } from '../../../domain/time.ts';
import { asListed, selectRows, summarise } from './fixture-filter.ts';
import { fixtureEnvironment, identityAnswer } from './fixture-identity.ts';
import { fixtureGap } from './fixture-overview.ts';
import { answerDownloads } from './fixture-downloads.ts';
import { answerOverview } from './fixture-patterns.ts';
import { accounts, fixtureRows, publicId } from './fixture-rows.ts';
import { answerLedger } from './fixture-ledger.ts';
import { answerPayer } from './fixture-links.ts';
import { answerMoney } from './fixture-money.ts';
import { answerShell } from './fixture-search.ts';
import { answerShortcodes } from './fixture-shortcodes.ts';
import { answerTeam, invitationPreview } from './fixture-team.ts';
import { answerAttachments } from './fixture-attachments.ts';
import { answerChanges } from './fixture-changes.ts';
import { answerViews } from './fixture-views.ts';
import { answerOperations, answerStatements } from './fixture-papers.ts';
import {
  bodyOf,
  refuse,
  send,
  sendPage,
  sendPicture,
  sendText,
  type Call,
} from './fixture-reply.ts';
import { ago } from './fixture-statements.ts';

let rows: TransactionDetail[] = [];

/** Answers one API request; anything unknown is a 404 problem. */
export async function answerApi(call: Call): Promise<void> {
  const { request, url, scene } = call;
  if (rows.length !== scene.rowCount) rows = fixtureRows(scene.rowCount);
  const path = url.pathname.slice('/v1'.length);
  if (path === '/sessions' && request.method === 'POST') return signIn(call);
  if (path === '/environment') return send(call, 200, fixtureEnvironment);
  if (path === '/sessions/oidc/options') {
    return send(call, 201, { url: `/login/callback?state=${randomUUID()}&code=good` });
  }
  if (path === '/sessions/oidc') return comeBack(call);
  if (path === '/invitations/look') return send(call, 200, invitationPreview);
  const payer = answerPayer(url, request.method === 'POST');
  if (payer !== undefined) return send(call, 200, payer);
  const token = (request.headers.authorization ?? '').replace('Bearer ', '');
  if (!scene.issued.has(token)) return refuse(call, 401, 'unauthenticated');
  const who = token.split('-')[1] ?? 'demo';
  if (path === '/me')
    return send(call, 200, { ...identity(who), permissions: permissionsFor(who) });
  if (path === '/tenants') return send(call, 200, answerTeam(path, who) ?? {});
  const known = identityAnswer(path);
  if (known !== undefined) return send(call, known.status, known.body);
  if (who === 'broken') return refuse(call, 503, 'unavailable');
  if (who === 'denied') return refuse(call, 403, 'forbidden');
  const file = answerDownloads(path, { method: request.method, who });
  if (typeof file?.body === 'string') return sendText(call, file.body);
  if (file !== undefined) return send(call, file.status, file.body);
  if (await answerAttachments(call, { path, rows })) return;
  if (path.startsWith('/statements'))
    return answerStatements(call, path.slice('/statements'.length), { who, rows });
  if (path.startsWith('/operations'))
    return answerOperations(call, path.slice('/operations'.length));
  if (path.endsWith('/qr')) return sendPicture(call, await toBuffer(path));
  if (path.startsWith('/customers')) return send(call, 200, answerMoney(url, who, false) ?? {});
  if (/\/(category|history|marks|split|join|payments)$|^\/row-changes|^\/saved-views/.test(path))
    return answerOwn(call, path, who);
  if (path.startsWith('/transactions'))
    return answerTransactions(call, path.slice('/transactions'.length), who);
  if (path.startsWith('/overview')) {
    const shown = who === 'empty' ? [] : rows;
    return send(call, 200, answerOverview(shown, url, who === 'demo'));
  }
  const noted = /^\/accounts\/(\w+)\/(retire|resume)$/.exec(path);
  if (noted !== null) {
    const [, id = '', deed] = noted;
    unused[deed === 'retire' ? 'add' : 'delete'](id);
    return send(
      call,
      200,
      accountList().find((one) => one.id === id),
    );
  }
  if (path === '/accounts') return send(call, 200, { data: who === 'empty' ? [] : accountList() });
  const shell = answerShell(rows, url, { who, isPost: request.method === 'POST' });
  if (shell !== undefined) return send(call, 200, shell);
  const ledger = answerLedger(path, who);
  if (ledger !== undefined) return send(call, 200, ledger);
  if (/^\/(collections\/\w+|notices)\/events$/.test(path)) return openStream(call);
  if (/\/(export|results|breach-register)$/.test(path))
    return sendText(call, 'id,amount\n1,1500\n');
  const money = answerMoney(url, who, request.method === 'POST');
  if (money !== undefined) return send(call, 200, money);
  const shortcodes = answerShortcodes(path, who);
  if (shortcodes !== undefined) return send(call, 200, shortcodes);
  const team = answerTeam(path, who);
  if (team !== undefined) return send(call, 200, team);
  return refuse(call, 404, 'not-found');
}

function permissionsFor(who: string): readonly Permission[] {
  const own = permissionsOf(roleOf(who));
  return who === 'house' ? [...own, 'platform:manage'] : own;
}

async function answerOwn(call: Call, path: string, who: string): Promise<void> {
  const asked = await askedIn(call);
  const view = path.split('/saved-views')[1];
  if (view !== undefined) return sendAnswer(call, answerViews({ who, path: view, ...asked }));
  return sendAnswer(call, answerChanges({ path, rows, ...asked }));
}

async function askedIn({ request }: Call) {
  const { method = 'GET' } = request;
  return { method, json: method === 'POST' ? JSON.parse((await bodyOf(request)).toString()) : {} };
}

function sendAnswer(
  call: Call,
  answer: { status: number; body?: unknown } | { status: number; problem: string },
): void {
  if ('problem' in answer) return refuse(call, answer.status, answer.problem);
  return send(call, answer.status, answer.body);
}

function roleOf(who: string): Role {
  return who === 'reader' ? 'analyst' : 'owner';
}

function identity(who: string) {
  const user = {
    id: publicId('usr', 1),
    name: 'Njeri Kamau',
    email: `${who}@daftari.test`,
    locale: 'en',
    role: roleOf(who),
  };
  const tenant = {
    id: publicId('tnt', 1),
    name: 'Mama Njeri Traders',
    slug: 'demo',
    environment: who === 'live' ? 'live' : 'test',
  };
  return { user, tenant };
}

/** The other service says yes to one code only. */
async function comeBack(call: Call): Promise<void> {
  const { code } = JSON.parse((await bodyOf(call.request)).toString());
  return code === 'good' ? begin(call, 'demo') : refuse(call, 401, 'sign-in-elsewhere-failed');
}

async function signIn(call: Call): Promise<void> {
  const { email = '', password } = JSON.parse((await bodyOf(call.request)).toString());
  if (password !== 'karibu-daftari-2026') return refuse(call, 401, 'invalid-credentials');
  return begin(call, String(email).split('@')[0] ?? 'demo');
}

function begin(call: Call, who: string): void {
  const accessToken = `fixture-${who}-${randomUUID()}`;
  call.scene.issued.add(accessToken);
  return send(call, 201, {
    accessToken,
    expiresInSeconds: 900,
    sessionEndsInSeconds: 28_800,
    ...identity(who),
  });
}

/** Accounts somebody said are no longer used. */
const unused = new Set<string>();

function accountList() {
  return accounts.map((account, index) => ({
    ...account,
    currency: 'KES',
    statementCount: 4,
    firstAt: ago(9_000_000),
    lastAt: ago(3600),
    latestBalanceCents: 12_450_000,
    coverage:
      index === 0
        ? [
            { from: businessDate('2026-07-01'), to: addDays(fixtureGap.from, -1) },
            { from: addDays(fixtureGap.to, 1), to: businessDate('2026-11-18') },
          ]
        : [{ from: businessDate('2026-07-01'), to: businessDate('2026-10-04') }],
    gaps: index === 0 ? [fixtureGap] : [],
    ageDays: index === 0 ? 3 : index === 1 ? 48 : 0,
    unusedSince: unused.has(account.id) ? ago(60) : null,
  }));
}

/** A stream on which nothing happens. */
function openStream({ response }: Call): void {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write('retry: 2000\n\n: hello\n\n');
}

function answerTransactions(call: Call, path: string, who: string): void {
  const found = selectRows(who === 'empty' ? [] : rows, call.url.searchParams);
  if (path === '') return sendPage(call, found.map(asListed));
  if (path === '/summary') return send(call, 200, summarise(found));
  const lines = found.slice(0, 50).map((row) => `${row.receipt},${row.amountCents}`);
  if (path === '/export') return sendText(call, ['receipt,amount', ...lines, ''].join('\n'));
  const row = rows.find((one) => one.id === path.slice(1));
  return row === undefined ? refuse(call, 404, 'not-found') : send(call, 200, row);
}
