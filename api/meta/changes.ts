/**
 * What changed in the API, newest first: the one source of `/changes.json`, of the version of the
 * document and of `x-since` at each operation.
 */
import type { Route } from '../route.ts';

export interface ApiChange {
  /** Of the contract: the middle number grows with what is added, the first with what breaks. */
  version: string;
  /** The day it came, `YYYY-MM-DD`. */
  date: string;
  title: string;
  /** What it is and what a client has to do, in plain sentences. */
  text: string;
  /** Operations that are new, as `GET /v1/things`. */
  adds: readonly string[];
}

export const apiChanges = [
  {
    version: '1.1.0',
    date: '2026-11-28',
    title: 'Lists as CSV or with chosen fields, digests of uploads, and this feed',
    text: 'Lists that can be exported answer with all of their rows as CSV to `Accept: text/csv`, and with 406 to a type they do not have. Uploads may carry Content-Digest; a body with another digest is refused as `digest-mismatch`. `/changes.json` tells of changes, and `x-since` in the OpenAPI document says since which version an operation is there. Lists that have pages take `fields` and then answer rows with those fields alone. `/v1/overview/patterns` tells busy hours and partners. Collections, payouts and the audit log are given out as XLSX too, and long lists are made in the background by `POST` to the same address and fetched under `/v1/downloads`; so is the report about a person. Transactions have tags and a note, of many at once too (`addTags` and `removeTags` of `POST /v1/row-changes`, whose answer has a `kind`), are split into `parts` and joined again, carry up to five photos or PDFs of receipts as `attachments`, tell which payments they prove under `/payments` (and these, as `transactionId`, which row proves them), are found by tag, and are saved as PDF too. Rows a statement could not give are typed in or set aside, and taken in by `POST /v1/statements/{id}/rejects/rerun`. Flags change in production by two operators, are drafts, active or archived, and are taken out and brought in as a file. `/v1/notices/events` tells live how many notices wait, and people are told of new devices, passwords, factors, keys and roles of their own. `/v1/settings` says how long what is kept. Persons who may are shown a masked number of a collection or a payout. What a customer has in credit counts as earned only once a second person agrees: `POST /v1/customers/{id}/credit/revenue` answers 201 with the request that waits, no longer 200 with the customer. What can be changed has a `version`, and every operation that edits it takes `If-Match`. Transactions, collections and payouts take `expand` and then answer with what they name in `expanded`. Whoever takes a list along as a person shows a second factor of the last five minutes, also for transactions, collections, customers, payouts, refunds and the trial balance; a key needs the scope alone. A collection and a payout show their `trail`, `/v1/ledger/lineage` comes page by page and is taken up from an event, a callback or a run too, and `unlessOpen` refuses to ask a phone twice for money that may still be paid. What one person says of a payout is taken back by `withdraw`, and is over after a week (`expiresAt`). Payouts are found by `returnWaits`, and the overview counts them as `return-to-decide`. `POST /v1/collections/{id}/close` answers 202 above the approval limit, and then waits for a second person. The register of breaches of personal data is under `/v1/breaches` for a business and `/v1/platform/breaches` for the house. Invoices are under `/v1/invoices`: sent, paid by link, prompt or hand, and voided. Nothing else has to be done.',
    adds: [
      'POST /v1/statements/{id}/rejects',
      'POST /v1/statements/{id}/rejects/rerun',
      'GET /changes.json',
      'GET /v1/platform/business-lists',
      'POST /v1/platform/business-lists/{name}',
      'GET /v1/platform/tenants/{id}/flags',
      'GET /v1/platform/flag-requests',
      'POST /v1/platform/flag-requests',
      'POST /v1/platform/flag-requests/{id}/decision',
      'GET /v1/platform/flag-file',
      'POST /v1/platform/flag-imports',
      'GET /v1/overview/patterns',
      'POST /v1/transactions/{id}/marks',
      'POST /v1/transactions/{id}/split',
      'POST /v1/transactions/{id}/join',
      'POST /v1/transactions/{id}/attachments',
      'GET /v1/transactions/{id}/payments',
      'GET /v1/attachments/{id}',
      'DELETE /v1/attachments/{id}',
      'POST /v1/attachments/{id}/restore',
      'POST /v1/collections/{id}/number',
      'POST /v1/disbursements/{id}/number',
      'POST /v1/transactions/export',
      'POST /v1/collections/export',
      'POST /v1/disbursements/export',
      'POST /v1/ledger/transactions/export',
      'POST /v1/audit/export',
      'GET /v1/notices/events',
      'GET /v1/downloads',
      'GET /v1/downloads/{id}',
      'GET /v1/downloads/{id}/file',
      'DELETE /v1/downloads/{id}',
      'POST /v1/data-subjects/reports',
      'POST /v1/disbursements/{id}/closing/withdraw',
      'POST /v1/disbursements/{id}/return/withdraw',
      'POST /v1/collections/{id}/close/decision',
      'POST /v1/collections/{id}/close/withdraw',
      'GET /v1/breaches',
      'GET /v1/breaches/export',
      'POST /v1/breaches/{id}/authority',
      'POST /v1/breaches/{id}/measures',
      'GET /v1/platform/breaches',
      'GET /v1/platform/breach-register',
      'POST /v1/invoices',
      'GET /v1/invoices',
      'GET /v1/invoices/summary',
      'GET /v1/invoices/export',
      'GET /v1/invoices/{id}',
      'POST /v1/invoices/{id}/void',
      'POST /v1/invoices/{id}/requests',
      'POST /v1/platform/breaches',
      'GET /v1/platform/breaches/{id}',
      'POST /v1/platform/breaches/{id}/businesses',
      'POST /v1/platform/breaches/{id}/measures',
      'POST /v1/platform/breaches/{id}/tell',
      'POST /v1/platform/breaches/{id}/authority',
      'POST /v1/platform/breaches/{id}/close',
    ],
  },
  {
    version: '1.0.0',
    date: '2026-11-21',
    title: 'The first version',
    text: 'Everything under /v1.',
    adds: [],
  },
] as const satisfies readonly [ApiChange, ...ApiChange[]];

/** The version of the contract as it is now. */
export const apiVersion: string = apiChanges[0].version;

/** Since which version an operation is there; what no change names was there from the beginning. */
export function sinceOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const operation = `${method.toUpperCase()} ${path}`;
  const changes: readonly ApiChange[] = apiChanges;
  const change = changes.find(({ adds }) => adds.includes(operation)) ?? changes.at(-1);
  return change?.version ?? apiVersion;
}

/** The changes as a JSON Feed 1.1. */
export function changesFeed(publicUrl: string): object {
  return {
    version: 'https://jsonfeed.org/version/1.1',
    title: 'Changes of the Daftari API',
    home_page_url: `${publicUrl}/docs`,
    feed_url: `${publicUrl}/changes.json`,
    language: 'en',
    items: apiChanges.map(({ version, date, title, text, adds }) => ({
      id: `${publicUrl}/changes.json#${version}`,
      url: `${publicUrl}/docs`,
      title: `${version}: ${title}`,
      content_text: [text, ...adds.map((operation) => `New: ${operation}`)].join('\n'),
      date_published: `${date}T00:00:00Z`,
      tags: [version],
    })),
  };
}
