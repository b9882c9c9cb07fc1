import {
  open,
  problemIn,
  problemOf,
  request,
  RequestFailure,
  setCredentials,
  urlOf,
} from '../../web/src/request.ts';

interface Sent {
  url: string;
  headers: Record<string, string>;
}

/** Answers `fetch` from a script and remembers what was asked. */
function scriptedFetch(...answers: (Response | Error)[]): Sent[] {
  const sent: Sent[] = [];
  globalThis.fetch = (url, init) => {
    sent.push({ url: String(url), headers: { ...(init?.headers as Record<string, string>) } });
    const answer = answers.shift();
    if (answer === undefined) throw new Error('an unexpected request was made');
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer);
  };
  return sent;
}

const json = (body: unknown, status = 200, headers = {}) =>
  new Response(JSON.stringify(body), { status, headers });
const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
  setCredentials({ token: () => null, renew: () => Promise.resolve(false) });
});

describe('request', () => {
  test('the token travels in the header and empty filters do not travel', async () => {
    setCredentials({ token: () => 'secret', renew: () => Promise.resolve(false) });
    const sent = scriptedFetch(json({ data: [] }));

    await request('/v1/transactions', { query: { q: '', from: '2026-01-01', cursor: undefined } });

    expect(sent[0]?.url).toBe('/v1/transactions?from=2026-01-01');
    expect(sent[0]?.headers['Authorization']).toBe('Bearer secret');
  });

  test('sign-in sends no token and takes a 401 as its answer', async () => {
    const renew = jest.fn(() => Promise.resolve(true));
    setCredentials({ token: () => 'old', renew });
    const sent = scriptedFetch(json({ code: 'invalid-credentials' }, 401));

    await expect(request('/v1/sessions', { method: 'POST', isAnonymous: true })).rejects.toThrow(
      'invalid-credentials',
    );
    expect(sent[0]?.headers['Authorization']).toBeUndefined();
    expect(renew).not.toHaveBeenCalled();
  });

  test('a session that ended is renewed and the request repeated once, with the new token', async () => {
    let token = 'old';
    setCredentials({ token: () => token, renew: () => Promise.resolve(((token = 'new'), true)) });
    const sent = scriptedFetch(json({}, 401), json({ ok: true }));

    await expect(request('/v1/me')).resolves.toEqual({ ok: true });
    expect(sent.map(({ headers }) => headers['Authorization'])).toEqual([
      'Bearer old',
      'Bearer new',
    ]);
  });

  test('a 401 after renewal is a failure, not a loop', async () => {
    setCredentials({ token: () => 'bad', renew: () => Promise.resolve(true) });
    const sent = scriptedFetch(json({}, 401), json({}, 401));

    await expect(open('/v1/me')).rejects.toBeInstanceOf(RequestFailure);
    expect(sent).toHaveLength(2);
  });

  test('a network that does not answer is a problem of its own', async () => {
    scriptedFetch(new TypeError('Failed to fetch'));

    const fault = await request('/v1/me').catch((error: unknown) => error);

    expect(problemIn(fault)).toMatchObject({ code: 'network', status: 0 });
  });

  test('an aborted request stays an abort', async () => {
    const abort = new AbortController();
    abort.abort();
    scriptedFetch(new DOMException('aborted', 'AbortError'));

    await expect(request('/v1/me', { signal: abort.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('problems', () => {
  test('a problem document keeps its code, words and request id', () => {
    const text = JSON.stringify({
      code: 'not-waiting',
      title: 'T',
      detail: 'D',
      requestId: 'req_1',
      errors: [{ pointer: '/a' }],
    });

    expect(problemOf(409, text, 'req_header')).toEqual({
      code: 'not-waiting',
      status: 409,
      title: 'T',
      detail: 'D',
      detailSw: null,
      requestId: 'req_1',
      errors: [{ pointer: '/a' }],
    });
    const inBoth = JSON.stringify({ detail: 'An amount.', detailSw: 'Kiasi.' });
    expect(problemOf(422, inBoth, null)).toMatchObject({ detailSw: 'Kiasi.' });
  });

  test('a page of a proxy still gives status and request id', () => {
    expect(problemOf(502, '<html>Bad gateway</html>', 'req_2')).toMatchObject({
      code: 'http-502',
      requestId: 'req_2',
    });
  });

  test('brackets of bounds survive the address', () => {
    const url = urlOf('/v1/transactions', { 'amountCents[gte]': 100 });

    expect(new URL(url, 'http://x').searchParams.get('amountCents[gte]')).toBe('100');
  });
});
