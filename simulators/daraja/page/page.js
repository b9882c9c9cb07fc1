/** The twin's page: asks the admin API every second and shows what it says. */
const byId = (id) => document.getElementById(id);

async function ask(path, method = 'GET', body = undefined) {
  const response = await fetch(`/twin${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.problem ?? `HTTP ${response.status}`);
  return answer;
}

/** An element with texts and elements inside; nothing is ever parsed as HTML. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

const shillings = (cents) => (cents / 100).toLocaleString('en-KE', { minimumFractionDigits: 2 });
const time = (at) => new Date(at).toLocaleTimeString('en-GB', { timeZone: 'Africa/Nairobi' });
const phoneText = (msisdn) => (msisdn ?? '').replace(/^254/, '0');

function showPhones({ phones }) {
  const cards = phones.map((phone) => {
    const press = (action) => () =>
      ask(`/phones/${phone.msisdn}/answer`, 'POST', { action }).then(refresh, refresh);
    return make(
      'article',
      { class: 'phone' },
      make('p', { class: 'quiet' }, `${phoneText(phone.msisdn)} · since ${time(phone.shownAt)}`),
      make('p', {}, `Pay ${phone.organisationName}, account ${phone.accountReference || '–'}`),
      make('p', { class: 'amount' }, `KES ${shillings(phone.amountCents)}`),
      make(
        'div',
        { class: 'buttons' },
        make('button', { class: 'primary', onclick: press('pin') }, 'PIN'),
        make('button', { onclick: press('wrong-pin') }, 'Wrong PIN'),
        make('button', { onclick: press('cancel') }, 'Cancel'),
      ),
    );
  });
  const none = make('p', { class: 'quiet' }, 'No prompt is open. A push shows one here.');
  replaceIfChanged(byId('phones'), phones, cards.length > 0 ? cards : [none]);
}

const shown = new Map();

/** Leaves the elements alone while nothing changed, so that focus and open details stay. */
function replaceIfChanged(parent, facts, children) {
  const text = JSON.stringify(facts);
  if (shown.get(parent) === text) return;
  shown.set(parent, text);
  parent.replaceChildren(...children);
}

const moods = { completed: 'good', pending: 'wait' };

function showBook({ transactions }) {
  const rows = transactions.toReversed().map((entry) => {
    const ended =
      entry.resultCode === null || entry.resultCode === '0' ? '' : ` ${entry.resultCode}`;
    const sent = entry.callbacks.map(({ answer, isGenuine }) => `${answer}${isGenuine ? '' : '*'}`);
    return make(
      'tr',
      {},
      make('td', {}, make('code', {}, entry.receipt ?? '–')),
      make('td', {}, entry.kind),
      make(
        'td',
        { class: moods[entry.status] ?? 'bad', title: entry.resultDesc ?? '' },
        entry.status + ended,
      ),
      make('td', { class: 'number' }, shillings(entry.amountCents)),
      make('td', {}, phoneText(entry.msisdn)),
      make('td', {}, [entry.shortcode, entry.otherShortcode].filter(Boolean).join(' → ')),
      make('td', {}, entry.accountReference),
      make('td', {}, sent.join(' ')),
    );
  });
  const none = make(
    'tr',
    {},
    make('td', { colspan: '8', class: 'quiet' }, 'Nothing was paid yet.'),
  );
  replaceIfChanged(byId('book'), transactions, rows.length > 0 ? rows : [none]);
}

let lastLine = 0;

function showLog({ lines, written }) {
  const log = byId('log');
  if (written < lastLine) log.replaceChildren();
  lastLine = written;
  const fresh = lines.map((line) =>
    make(
      'details',
      {},
      make(
        'summary',
        {},
        make(
          'span',
          { class: 'quiet' },
          `${time(line.at)} ${line.direction === 'in' ? '→' : '←'} `,
        ),
        make(
          'span',
          { class: line.status !== null && line.status < 400 ? 'good' : 'bad' },
          String(line.status ?? '–'),
        ),
        ` ${line.api} `,
        make(
          'span',
          { class: 'quiet' },
          `${line.url} ${line.tookMs} ms ${line.effects.join(', ')}`,
        ),
      ),
      make('pre', {}, pretty(line.request) || 'no body'),
      make('pre', {}, pretty(line.response) || 'no answer'),
    ),
  );
  log.prepend(...fresh);
  while (log.children.length > 100) log.lastElementChild.remove();
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 1);
  } catch {
    return text;
  }
}

const everyMoney = ['stk-push', 'b2c', 'c2b-confirmation'];
const switches = [
  ['Lose callbacks', everyMoney, { kind: 'callback-lost' }],
  ['Callbacks twice', everyMoney, { kind: 'callback-duplicated', times: 2, concurrently: true }],
  ['Callbacks late', everyMoney, { kind: 'callback-late', ms: 60000 }],
  ['Before the answer', everyMoney, { kind: 'callback-before-answer' }],
  ['Cut short', everyMoney, { kind: 'callback-malformed', how: 'truncated' }],
  ['Forged amount', everyMoney, { kind: 'callback-forged', how: 'amount' }],
  ['1037, then paid', ['stk-push'], { kind: 'success-after-failure' }],
  ['No answer, with effect', ['stk-push', 'b2c'], { kind: 'timeout', withEffect: true }],
  ['System busy', ['stk-push', 'b2c'], { kind: 'refuse', with: 'system-busy' }],
  ['HTML instead', ['stk-push', 'b2c'], { kind: 'refuse', with: 'html' }],
  ['No B2C dedupe', ['b2c'], { kind: 'no-dedupe' }],
].map(([note, api, effect]) => ({ note, match: { api }, effect }));

let rules = [];

function showRules(answer) {
  rules = answer.rules.map(({ matched: _, applied: __, ...rule }) => rule);
  const isOn = ({ note }) => rules.some((rule) => rule.note === note);
  const buttons = switches.map((rule) =>
    make(
      'button',
      { 'aria-pressed': String(isOn(rule)), onclick: () => toggle(rule, isOn(rule)) },
      rule.note,
    ),
  );
  replaceIfChanged(byId('switches'), rules, buttons);
  const lines = answer.rules.map((rule) =>
    make(
      'li',
      {},
      `${rule.note ?? rule.effect.kind}: `,
      make(
        'span',
        { class: 'quiet' },
        `${rule.applied} of ${rule.matched} requests, ${Math.round((rule.probability ?? 1) * 100)} %`,
      ),
    ),
  );
  byId('rules').replaceChildren(...lines);
  const text = byId('rules-text');
  if (document.activeElement !== text) text.value = JSON.stringify(rules, undefined, 1);
}

function toggle(rule, wasOn) {
  const others = rules.filter(({ note }) => note !== rule.note);
  return put(wasOn ? others : [...others, rule]);
}

async function put(wanted) {
  const said = byId('rules-said');
  try {
    await ask('/rules', 'PUT', { rules: wanted });
    said.textContent = 'In place.';
  } catch (error) {
    said.textContent = error.message;
  }
  await refresh();
}

function showShortcodes({ shortcodes }) {
  const articles = shortcodes.map((one) =>
    make(
      'article',
      {},
      make('h3', {}, `${one.number} ${one.name}`),
      make(
        'p',
        { class: 'quiet' },
        `${one.kind}${one.storeNumber ? `, store ${one.storeNumber}` : ''}${one.urls ? ', C2B URLs registered' : ''}`,
      ),
      make(
        'dl',
        {},
        ...Object.entries(one.balancesCents)
          .filter(([, cents]) => cents !== 0)
          .flatMap(([name, cents]) => [
            make('dt', {}, name),
            make('dd', { class: 'number' }, shillings(cents)),
          ]),
      ),
    ),
  );
  replaceIfChanged(byId('shortcodes'), shortcodes, articles);
  const options = shortcodes.map(({ number, name }) =>
    make('option', { value: number }, `${number} ${name}`),
  );
  const numbers = shortcodes.map(({ number }) => number);
  replaceIfChanged(byId('pay-shortcode'), numbers, options);
}

function showClock(clock) {
  const text = new Date(clock.now).toLocaleString('en-GB', { timeZone: 'Africa/Nairobi' });
  const kind = clock.isVirtual ? 'virtual: it stands still until you move it' : 'runs by itself';
  byId('clock').textContent = `${text} in Nairobi, ${kind}; ${clock.waiting} timers wait.`;
}

async function refresh() {
  try {
    const [phones, book, log, current, codes, twin, settings] = await Promise.all([
      ask('/phones'),
      ask('/book?limit=100'),
      ask(`/log?after=${lastLine}&limit=100`),
      ask('/rules'),
      ask('/shortcodes'),
      ask(''),
      ask('/settings'),
    ]);
    showPhones(phones);
    showBook(book);
    showLog(log);
    showRules(current);
    showShortcodes(codes);
    showClock(twin.clock);
    if (document.activeElement !== byId('habit')) byId('habit').value = settings.phone.action;
    byId('state').textContent =
      `Seed ${twin.seed} · ${twin.entries} entries · ${twin.callbacks.sent} callbacks sent`;
  } catch {
    byId('state').textContent = 'The twin does not answer.';
  }
}

byId('clock-buttons').addEventListener('click', async ({ target }) => {
  if (target.dataset.ms) await ask('/clock', 'POST', { advanceMs: Number(target.dataset.ms) });
  await refresh();
});

byId('habit').addEventListener('change', async ({ target }) => {
  const { phone } = await ask('/settings');
  await ask('/settings', 'PUT', { phone: { ...phone, action: target.value } });
});

byId('pay').addEventListener('submit', async (event) => {
  event.preventDefault();
  const wish = Object.fromEntries(new FormData(event.target));
  const said = byId('pay-said');
  try {
    const entry = await ask('/pay', 'POST', { ...wish, amount: Number(wish.amount) });
    said.textContent =
      entry.receipt === null ? `Refused: ${entry.resultDesc}` : `Paid under ${entry.receipt}.`;
  } catch (error) {
    said.textContent = error.message;
  }
  await refresh();
});

byId('rules-put').addEventListener('click', () => {
  try {
    return put(JSON.parse(byId('rules-text').value));
  } catch {
    byId('rules-said').textContent = 'That is not JSON.';
    return undefined;
  }
});

const { magic } = await ask('/magic');
byId('magic').replaceChildren(
  ...magic.map(({ shillings: amount, msisdn, says }) =>
    make(
      'tr',
      {},
      make('td', { class: 'number' }, amount.toLocaleString('en-KE')),
      make('td', {}, msisdn),
      make('td', { class: 'words' }, says),
    ),
  ),
);
await refresh();
setInterval(refresh, 1_000);
