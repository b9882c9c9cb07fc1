import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { openDaraja, type CallFacts, type Daraja } from '../../../activities/daraja/client.ts';
import { noLimit } from '../../../activities/daraja/limiter.ts';
import { noTokenStore } from '../../../activities/daraja/token-store.ts';
import { cents } from '../../../domain/money.ts';
import { someCredentials } from '../../support/daraja-credentials.ts';
import { json, openOddServer, type OddServer } from '../../support/odd-server.ts';

let server: OddServer;
let daraja: Daraja;
let facts: CallFacts[];

beforeEach(async () => {
  server = await openOddServer();
  facts = [];
  daraja = client(server.url);
});
afterEach(async () => {
  await daraja.close();
  await server.close();
});

function client(baseUrl: string, timeoutMs = 2_000): Daraja {
  return openDaraja({
    ...{ baseUrl, timeoutMs, nowMs: Date.now },
    certificatePem: 'none',
    tokens: noTokenStore,
    limiter: noLimit,
    observe: (called) => facts.push(called),
  });
}

const push = {
  ...{ amountCents: cents(10_000), msisdn: '254712345678', callbackUrl: 'https://x/hooks/s/1' },
  ...{ accountReference: 'INV-1', description: 'Invoice' },
};
const send = (with_ = daraja) => with_.stkPush(someCredentials(), push);
const answers = (status: number, body: unknown) => {
  server.answer = (_request, response) => json(response, status, body);
};
const sentPushes = () => server.requests.filter(({ path }) => path.startsWith('/mpesa/'));

const accepted = {
  MerchantRequestID: '7c1e',
  CheckoutRequestID: 'ws_CO_1',
  ResponseCode: '0',
  ResponseDescription: 'Success',
  CustomerMessage: 'Success',
};

describe('what a call ends in', () => {
  test('an acceptance carries the ids', async () => {
    answers(200, accepted);

    expect(await send()).toEqual({
      kind: 'accepted',
      value: {
        merchantRequestId: '7c1e',
        checkoutRequestId: 'ws_CO_1',
        customerMessage: 'Success',
      },
    });
  });

  test('a refusal before processing is a clear no', async () => {
    answers(400, { errorCode: '400.002.02', errorMessage: 'Bad Request - Invalid PhoneNumber' });
    expect(await send()).toMatchObject({
      kind: 'rejected',
      code: '400.002.02',
      isRetryable: false,
    });
    answers(500, { errorCode: '500.003.02', errorMessage: 'Spike Arrest Violation' });
    expect(await send()).toMatchObject({ kind: 'rejected', isRetryable: true });
    answers(200, { ResponseCode: '1', ResponseDescription: 'Rejected' });
    expect(await send()).toMatchObject({ kind: 'rejected', code: '1' });
  });

  test.each([
    ['a 503 page of the edge', 503, '<html>Service unavailable</html>', 'server-error'],
    ['an empty 500', 500, '', 'server-error'],
    ['HTML with status 200', 200, '<html></html>', 'malformed'],
    ['half an answer', 200, '{"MerchantRequestID":"7c', 'malformed'],
    ['an answer without its ids', 200, '{"ResponseCode":"0"}', 'malformed'],
    ['an answer of other types', 200, '{"MerchantRequestID":[],"ResponseCode":"0"}', 'malformed'],
    ['nothing', 200, '', 'malformed'],
  ])('%s leaves it unknown', async (_name, status, body, cause) => {
    server.answer = (_request, response) => response.writeHead(status).end(body);

    expect(await send()).toMatchObject({ kind: 'unknown', cause });
    expect(sentPushes()).toHaveLength(1);
  });

  test('an error nobody can place leaves it unknown', async () => {
    answers(500, { errorCode: '500.003.1001', errorMessage: 'Internal Server Error' });
    expect(await send()).toMatchObject({ kind: 'unknown', cause: 'server-error' });
    answers(500, { errorCode: '500.002.1001', errorMessage: 'Duplicate OriginatorConversationID' });
    expect(await send()).toMatchObject({ kind: 'unknown', cause: 'duplicate' });
  });

  test('silence is unknown after the deadline, and nothing is sent again', async () => {
    server.answer = () => {};
    daraja = client(server.url, 200);

    expect(await send()).toMatchObject({ kind: 'unknown', cause: 'timeout' });
    expect(sentPushes()).toHaveLength(1);
  });

  test('a connection cut after the request is unknown', async () => {
    server.answer = (request) => request.socket.destroy();

    expect(await send()).toMatchObject({ kind: 'unknown', cause: 'connection-lost' });
    expect(sentPushes()).toHaveLength(1);
  });

  test('a connection cut in the middle of the answer is unknown', async () => {
    server.answer = (request, response) => {
      response.writeHead(200, { 'Content-Length': '500' }).write('{"ResponseCode":"0"');
      setImmediate(() => request.socket.destroy());
    };

    expect(await send()).toMatchObject({ kind: 'unknown', cause: 'connection-lost' });
  });

  test('an answer without end is given up', async () => {
    server.answer = (_request, response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'.repeat(200_000)), 1);
      response.once('close', () => clearInterval(more));
    };

    expect(await send()).toMatchObject({ kind: 'unknown', cause: 'malformed' });
  });

  test('a refused connection was not sent', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    await new Promise((resolve) => taken.close(resolve));
    const cut = client(`http://127.0.0.1:${port}`);

    expect(await send(cut)).toMatchObject({ kind: 'not-sent', cause: 'token-unavailable' });
    await cut.close();
  });

  test('when the server goes away after the token, nothing was sent', async () => {
    // A connection kept open would be reused, and what fails on it may have been sent.
    server.answer = (_request, response) => {
      response.setHeader('Connection', 'close');
      json(response, 200, accepted);
    };
    const cred = someCredentials();
    await daraja.stkPush(cred, push);
    await server.close();
    const answer = await daraja.stkPush(cred, push);

    expect(answer).toEqual({ kind: 'not-sent', cause: 'refused-connection' });
    server = await openOddServer();
  });
});

describe('tokens', () => {
  test('fifty calls at once fetch one token', async () => {
    answers(200, accepted);
    const cred = someCredentials();
    await Promise.all(Array.from({ length: 50 }, () => daraja.stkPush(cred, push)));

    expect(server.requests.filter(({ path }) => path.startsWith('/oauth/'))).toHaveLength(1);
    expect(sentPushes()).toHaveLength(50);
  });

  test.each([
    [404, '404.001.03'],
    [400, '400.003.01'],
    [401, '401.002.01'],
    [401, '401.003.01'],
    [401, '401.001'],
  ])(
    'a token refused by %i %s is renewed once and the call made once more',
    async (status, code) => {
      server.answer = (request, response) =>
        request.headers.authorization === 'Bearer token-1'
          ? json(response, status, { errorCode: code, errorMessage: 'Invalid Access Token' })
          : json(response, 200, accepted);

      expect(await send()).toMatchObject({ kind: 'accepted' });
      expect(sentPushes().map(({ headers }) => headers.authorization)).toEqual([
        'Bearer token-1',
        'Bearer token-2',
      ]);
    },
  );

  test('two refused tokens in a row are a clear no', async () => {
    answers(401, { errorCode: '401.002.01', errorMessage: 'Invalid Access Token' });

    expect(await send()).toMatchObject({ kind: 'rejected', code: 'invalid-token' });
    expect(sentPushes()).toHaveLength(2);
  });

  test('a bare 401 counts as a refused token', async () => {
    server.answer = (_request, response) => response.writeHead(401).end();

    expect(await send()).toMatchObject({ kind: 'rejected', code: 'invalid-token' });
  });
});

describe('what is told about calls', () => {
  test('names API and outcome, and no person', async () => {
    answers(200, accepted);
    await send();

    expect(facts).toMatchObject([{ api: 'stk-push', outcome: 'accepted', code: '0' }]);
    expect(JSON.stringify(facts)).not.toContain('254712345678');
  });

  test('a till is called by its store number and pays to its own', async () => {
    answers(200, accepted);
    const till = someCredentials({ kind: 'till', number: '5123456', storeNumber: '600000' });
    await daraja.stkPush(till, push);
    const body = JSON.parse(sentPushes()[0]?.body ?? '{}');

    expect(body).toMatchObject({
      BusinessShortCode: '600000',
      PartyB: '5123456',
      TransactionType: 'CustomerBuyGoodsOnline',
      Amount: 100,
    });
    const password = Buffer.from(body.Password, 'base64').toString();
    expect(password).toBe(`600000twin-passkey${body.Timestamp}`);
  });
});
