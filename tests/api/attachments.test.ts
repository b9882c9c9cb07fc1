/** Receipts on transactions, through the API. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { transactionDetail, transactionHistory } from '../../api/transactions/schema.ts';
import { parsePublicId, toPublicId } from '../../domain/ids.ts';
import { attachmentKinds, attachmentMedia } from '../../domain/statements/attachments.ts';
import { openApiStage, problemIn, type Answer, type ApiStage } from '../support/api.ts';
import { receiptBytes } from '../support/attachments.ts';
import { post, rows } from '../support/api-statements.ts';

let stage: ApiStage;
beforeAll(async () => {
  stage = await openApiStage();
});
afterAll(() => stage.close());

async function aShop() {
  const somebody = await stage.tenant();
  const token = await stage.token(somebody);
  await post(stage, somebody, { rows });
  const [first] = await stage.database.db.withTenant(somebody.tenantId, (t) =>
    t.query.selectFrom('transactions').select('id').orderBy('id').limit(1).execute(),
  );
  if (first === undefined) throw new Error('rows were posted');
  const id = toPublicId('transaction', first.id);
  return { somebody, token, id, path: `/v1/transactions/${id}/attachments` };
}
type Shop = Awaited<ReturnType<typeof aShop>>;

function aForm(bytes: Uint8Array, fileName: string): FormData {
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(bytes)]), fileName);
  return form;
}
const send = ({ token, path }: Pick<Shop, 'token' | 'path'>, body: FormData, key?: string) =>
  stage.fetch(path, { token, body, headers: key === undefined ? {} : { 'idempotency-key': key } });
const filesIn = (answer: Answer) => transactionDetail.parse(answer.body).attachments;
async function attached(shop: Shop, bytes = receiptBytes('png'), fileName = 'soko.png') {
  const file = filesIn(await send(shop, aForm(bytes, fileName))).at(-1);
  if (file === undefined) throw new Error('a file was put on');
  return file;
}
async function uploadsOf({ somebody }: Shop): Promise<number> {
  const [row] = await stage.database.asOwner(
    `select count(*)::int as n from shared.uploads
     where tenant_id = $1 and media_kind is distinct from 'pdf'`,
    [somebody.tenantId],
  );
  return z.number().parse(row?.['n']);
}

describe('POST /v1/transactions/{id}/attachments', () => {
  test.each(attachmentKinds)(
    'a %s comes back byte for byte, as a file and as what it is',
    async (kind) => {
      const shop = await aShop();
      const bytes = receiptBytes(kind, 'x'.repeat(1_200_000));
      const file = await attached(shop, bytes, 'Risiti ya “soko”.html');

      const ending = kind === 'jpeg' ? 'jpg' : kind;
      const fileName = `Risiti ya “soko”.html.${ending}`;
      expect(file).toMatchObject({ fileName, kind, sizeBytes: bytes.length });
      const fetched = await fetch(`${stage.baseUrl}/v1/attachments/${file.id}`, {
        headers: { authorization: `Bearer ${shop.token}` },
      });
      expect(fetched.headers.get('content-type')).toBe(attachmentMedia[kind]);
      expect(fetched.headers.get('x-content-type-options')).toBe('nosniff');
      expect(fetched.headers.get('content-disposition')).toBe(
        `attachment; filename="Risiti ya _soko_.html.${ending}"; ` +
          `filename*=UTF-8''Risiti%20ya%20%E2%80%9Csoko%E2%80%9D.html.${ending}`,
      );
      expect(Buffer.from(await fetched.arrayBuffer()).equals(bytes)).toBe(true);
    },
  );

  test('the bytes alone are taken too, and what is there is read with the transaction', async () => {
    const shop = await aShop();
    const bytes = receiptBytes('jpeg');
    const answer = await stage.fetch(shop.path, {
      ...{ token: shop.token, body: new Uint8Array(bytes) },
      headers: { 'content-type': 'image/jpeg', 'x-file-name': 'M%C3%A4rz.jpg' },
    });

    expect(filesIn(answer)).toMatchObject([{ fileName: 'März.jpg', kind: 'jpeg' }]);
    const read = await stage.fetch(`/v1/transactions/${shop.id}`, { token: shop.token });
    expect(read.body).toEqual(answer.body);
  });

  test.each([
    ['a page under the name of a picture', Buffer.from('<html>'), 415, 'not-a-receipt'],
    ['nothing', Buffer.alloc(0), 422, 'empty-file'],
    [
      'one byte too much',
      Buffer.concat([receiptBytes('pdf', ''), Buffer.alloc(5 * 1024 * 1024 - 8)]),
      ...([413, 'file-too-large'] as const),
    ],
  ])('%s is refused, and nothing of it is kept', async (_what, bytes, status, code) => {
    const shop = await aShop();
    const before = await uploadsOf(shop);
    const answer = await send(shop, aForm(bytes, 'soko.png'));

    expect(problemIn(answer)).toMatchObject({ status, code });
    expect(await uploadsOf(shop)).toBe(before);
  });

  test('five megabytes to the byte are taken', async () => {
    const shop = await aShop();
    const head = receiptBytes('pdf', '');
    const bytes = Buffer.concat([head, Buffer.alloc(5 * 1024 * 1024 - head.length)]);

    expect((await attached(shop, bytes, 'a.pdf')).sizeBytes).toBe(5 * 1024 * 1024);
  });

  test('a sixth file is refused, the same one again changes nothing', async () => {
    const shop = await aShop();
    const bytes = receiptBytes('webp');
    const key = randomUUID();
    const first = await send(shop, aForm(bytes, 'a.webp'), key);
    const before = await uploadsOf(shop);
    const repeated = await send(shop, aForm(bytes, 'a.webp'), key);
    const renamed = await send(shop, aForm(bytes, 'b.webp'));

    expect(repeated.body).toEqual(first.body);
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
    expect(renamed.body).toEqual(first.body);
    expect(await uploadsOf(shop)).toBe(before);
    for (let n = 0; n < 4; n += 1) await attached(shop);
    const sixth = await send(shop, aForm(receiptBytes('png'), 'c.png'));
    expect(problemIn(sixth)).toMatchObject({ status: 409, code: 'too-many-attachments' });
    expect(await uploadsOf(shop)).toBe(before + 4);
  });

  test('a field beside the file and a stranger\u2019s row are refused', async () => {
    const shop = await aShop();
    const form = aForm(receiptBytes('png'), 'a.png');
    form.set('password', 'x');
    expect(problemIn(await send(shop, form)).code).toBe('malformed-multipart');
    const stranger = { path: shop.path, token: await stage.token(await stage.tenant()) };
    expect((await send(stranger, aForm(receiptBytes('png'), 'a.png'))).status).toBe(404);
    const analyst = { path: shop.path, token: await stage.token(shop.somebody, 'analyst') };
    expect((await send(analyst, aForm(receiptBytes('png'), 'a.png'))).status).toBe(403);
  });
});

describe('DELETE /v1/attachments/{id} and what puts it back', () => {
  const remove = ({ token }: Shop, id: string) =>
    stage.fetch(`/v1/attachments/${id}`, { token, method: 'DELETE' });
  const restore = ({ token }: Shop, id: string) =>
    stage.fetch(`/v1/attachments/${id}/restore`, { token, json: {} });

  test('a file that was taken off is gone until it is put back, and its history is told', async () => {
    const shop = await aShop();
    const { id } = await attached(shop);
    expect((await remove(shop, id)).status).toBe(204);
    expect((await remove(shop, id)).status).toBe(204);

    const gone = await stage.fetch(`/v1/attachments/${id}`, { token: shop.token });
    expect(problemIn(gone)).toMatchObject({ status: 404, code: 'not-found' });
    expect(filesIn(await restore(shop, id))).toMatchObject([{ id, fileName: 'soko.png' }]);
    const answer = await stage.fetch(`/v1/transactions/${shop.id}/history`, { token: shop.token });
    const { data } = transactionHistory.parse(answer.body);
    const actor = `user:${shop.somebody.userId}`;
    expect(data.filter(({ kind }) => kind === 'attachment')).toMatchObject([
      { deed: 'restored', actor },
      { deed: 'removed', actor },
      { deed: 'added', actor },
    ]);
  });

  test('there has to be a place for it, and whoever reads only changes nothing', async () => {
    const shop = await aShop();
    const { id } = await attached(shop);
    await remove(shop, id);
    for (let n = 0; n < 5; n += 1) await attached(shop);
    const analyst = { ...shop, token: await stage.token(shop.somebody, 'analyst') };

    expect(problemIn(await restore(shop, id)).code).toBe('too-many-attachments');
    expect((await restore(analyst, id)).status).toBe(403);
    const standing = await stage.fetch(`/v1/transactions/${shop.id}`, { token: analyst.token });
    const one = filesIn(standing)[0]?.id ?? '';
    expect(parsePublicId('attachment', one)).toBeDefined();
    expect((await remove(analyst, one)).status).toBe(403);
    expect((await stage.fetch(`/v1/attachments/${one}`, { token: analyst.token })).status).toBe(
      200,
    );
  });
});
