import { open, type RequestOptions } from './request.ts';

/** Fetches a file with the session's token and hands it to the browser to save. */
export async function download(
  path: string,
  fileName: string,
  options: RequestOptions,
): Promise<void> {
  const response = await open(path, { timeoutMs: 0, ...options });
  const disposition = response.headers.get('Content-Disposition') ?? '';
  const given = /filename="([^"/\\]+)"/.exec(disposition)?.[1];
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = given ?? fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Lets the browser save a text that is here already. */
export function saveText(fileName: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
