/** An upload that stops in the middle of the file, for as long as the test wants. */
import { request } from 'node:http';
import { demoLogin } from '../../scripts/demo-tenant.ts';
import type { UploadFile } from './api-client.ts';

/**
 * Announces the whole file and sends its first half; resolves when the half has left this process.
 * The connection then stays open until `hangUp`, or until the other side is gone.
 */
export async function uploadHalf(url: string, file: UploadFile): Promise<{ hangUp(): void }> {
  const session = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(demoLogin),
  });
  const { accessToken }: { accessToken: string } = JSON.parse(await session.text());
  const upload = request(`${url}/v1/statements`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'text/csv',
      'content-length': file.bytes.byteLength,
      'x-file-name': file.fileName,
    },
  });
  // The gateway is killed while it listens: the reset connection is what the test is about.
  upload.on('error', () => undefined);
  const half = file.bytes.subarray(0, Math.floor(file.bytes.byteLength / 2));
  await new Promise<void>((resolve, reject) => {
    upload.write(half, (error) => (error ? reject(error) : resolve()));
  });
  return { hangUp: () => upload.destroy() };
}
