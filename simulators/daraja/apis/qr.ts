/** Dynamic QR codes, as real PNG pictures. */
import qrcode from 'qrcode';
import { invalidField, ok } from '../http/call.ts';
import type { Answer, Call } from '../http/call.ts';
import { firstInvalid, isWholeShillings, lengthBetween, oneOf, textOr } from '../http/fields.ts';
import { randomHex, randomRequestId } from '../random.ts';
import { compactDate } from '../times.ts';
import type { World } from '../world.ts';

const usualSize = 300;

export async function generateQr(world: World, call: Call): Promise<Answer> {
  const { body, random } = call;
  const invalid = firstInvalid(body, [
    ['MerchantName', lengthBetween(1, 100)],
    ['RefNo', lengthBetween(1, 100)],
    ['Amount', isWholeShillings],
    ['TrxCode', oneOf('BG', 'PB', 'WA', 'SM', 'SB')],
    ['CPI', lengthBetween(5, 12)],
    ['Size', (value) => /^\d{2,4}$/.test(value), 'optional'],
  ]);
  if (invalid !== undefined) return invalidField(call, invalid);
  const fields = ['TrxCode', 'CPI', 'Amount', 'RefNo', 'MerchantName'];
  const content = fields.map((name) => textOr(body, name)).join('|');
  const width = Number(textOr(body, 'Size')) || usualSize;
  const picture = await qrcode.toBuffer(content, { type: 'png', width });
  return ok({
    ResponseCode: `AG_${compactDate(world.clock.now())}_2010${randomHex(random, 16)}`,
    RequestID: randomRequestId(random),
    ResponseDescription: 'QR Code Successfully Generated.',
    QRCode: picture.toString('base64'),
  });
}
