import type { CaughtMail } from './catcher.ts';

const style =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}article{border:1px solid #8886;border-radius:8px;padding:1rem;margin:1rem 0}h2{font-size:1.1rem;margin:0}p{margin:.2rem 0;opacity:.8}pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}';

/** The caught mails as one page, the newest first; addresses in the text can be followed. */
export function mailPage(mails: readonly CaughtMail[]): string {
  const articles = mails.map(
    (mail) =>
      `<article><h2>${escape(mail.subject)}</h2><p>To ${escape(mail.to)} · ${escape(mail.receivedAt)}</p><pre>${linked(escape(mail.text))}</pre></article>`,
  );
  const shown = articles.length > 0 ? articles.join('') : '<p>No mail yet.</p>';
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Caught mails</title><style>${style}</style><h1>Caught mails</h1><p>Nothing here was sent to anybody. Reload to see new ones.</p>${shown}</html>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

function linked(escaped: string): string {
  return escaped.replace(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}">${url}</a>`);
}
