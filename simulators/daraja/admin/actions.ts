/** The actions of the admin API by method and path; `*` stands for one name. */
import { magicList } from '../faults/magic.ts';
import { usualSettings } from '../settings.ts';
import type { Settings } from '../settings.ts';
import { addUsualOrganisations } from '../defaults.ts';
import type { PhoneAction } from '../terms.ts';
import type { World } from '../world.ts';
import type { Action } from './admin.ts';
import {
  answerBook,
  answerCustomers,
  answerShortcodes,
  putCustomer,
  putShortcode,
} from './people.ts';
import { startBurst } from './burst.ts';
import { pageFiles } from './page.ts';
import { payOnce } from './pay.ts';
import { answerStatement } from './statement.ts';
import { wantNumber, wantOneOf, wantRules, WishError } from './wishes.ts';

const answerPhone: Action = async (world, { name, body }) => {
  const allowed: readonly PhoneAction[] = ['pin', 'cancel', 'ignore', 'wrong-pin'];
  const action = wantOneOf(body, 'action', allowed);
  const prompt = world.prompts.get(name);
  if (prompt === undefined) throw new WishError(`${name} has no open prompt`);
  await prompt.answer(action);
  return { json: { msisdn: name, action, checkoutRequestId: prompt.checkoutRequestId } };
};

const answerPhones: Action = ({ prompts }) => ({
  json: { phones: [...prompts.values()].map(({ answer: _, ...prompt }) => prompt) },
});

const answerLog: Action = ({ log }, { query }) => ({
  json: {
    lines: log.list({
      after: Number(query.get('after') ?? 0),
      limit: Number(query.get('limit') ?? 200),
      ...definedText('direction', query.get('direction')),
      ...definedText('api', query.get('api')),
    }),
    written: log.count(),
  },
});

function definedText(name: string, value: string | null): Record<string, string> {
  return value === null ? {} : { [name]: value };
}

const moveClock: Action = async (world, { body }) => {
  const ran = await world.clock.advance(wantNumber(body, 'advanceMs'));
  return { json: { ...clockOf(world), ran } };
};

function clockOf({ clock }: World) {
  return { now: clock.now(), isVirtual: clock.isVirtual, waiting: clock.waiting() };
}

const putRules: Action = ({ rules }, { body }) => {
  rules.replace(wantRules(body['rules'] ?? body['items'] ?? []));
  return { json: { rules: rules.list() } };
};

const putSettings: Action = ({ settings }, { body }) => {
  for (const [name, value] of Object.entries(body)) {
    const usual: unknown = Object.entries(usualSettings).find(([known]) => known === name)?.[1];
    if (usual === undefined) throw new WishError(`there is no setting ${name}`);
    if (typeof value !== typeof usual || Array.isArray(value) !== Array.isArray(usual)) {
      throw new WishError(`${name} is not a ${Array.isArray(usual) ? 'list' : typeof usual}`);
    }
  }
  Object.assign(settings, body as Partial<Settings>);
  return { json: settings };
};

const reset: Action = (world) => {
  const { book, clock, rules, log, tokens, prompts } = world;
  clock.clear();
  book.accounts.restore([]);
  const kept = [book.customers, book.organisations, book.lines, book.moved, book.byName];
  for (const map of kept) map.clear();
  book.standingOrders.clear();
  book.entries.length = 0;
  tokens.clear();
  prompts.clear();
  log.clear();
  rules.replace([]);
  world.restoreSequence(0);
  Object.assign(world.settings, usualSettings);
  addUsualOrganisations(book);
  return { json: { isReset: true } };
};

const answerAccounts: Action = ({ book }) => ({
  json: {
    accounts: book.accounts
      .balances()
      .map(([account, balanceCents]) => ({ account, balanceCents })),
  },
});

const health: Action = (world) => ({
  json: {
    twin: 'daraja',
    seed: world.seed,
    clock: clockOf(world),
    shortcodes: [...world.book.organisations.keys()],
    callbacks: { sent: world.courier.sent(), underWay: world.courier.underWay() },
    entries: world.book.entries.length,
  },
});

const certificate: Action = ({ keys }) => ({
  text: keys.certificatePem,
  contentType: 'application/x-pem-file',
});

export const actions: Readonly<Record<string, Action>> = {
  ...pageFiles,
  'GET /twin': health,
  'GET /twin/certificate': certificate,
  'GET /twin/shortcodes': answerShortcodes,
  'POST /twin/shortcodes': putShortcode,
  'GET /twin/customers': answerCustomers,
  'POST /twin/customers': putCustomer,
  'GET /twin/book': answerBook,
  'GET /twin/accounts': answerAccounts,
  'GET /twin/rules': ({ rules }) => ({ json: { rules: rules.list() } }),
  'PUT /twin/rules': putRules,
  'GET /twin/settings': ({ settings }) => ({ json: settings }),
  'PUT /twin/settings': putSettings,
  'GET /twin/phones': answerPhones,
  'POST /twin/phones/*/answer': answerPhone,
  'POST /twin/pay': payOnce,
  'POST /twin/burst': startBurst,
  'GET /twin/statement': answerStatement,
  'GET /twin/magic': () => ({ json: { magic: magicList } }),
  'GET /twin/clock': (world) => ({ json: clockOf(world) }),
  'POST /twin/clock': moveClock,
  'GET /twin/log': answerLog,
  'POST /twin/reset': reset,
};
