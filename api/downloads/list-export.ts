/** The address under which a list is taken along as a file: exactly what a filter selects. */
import type { z } from 'zod';
import { lists, type ListChoices } from '../../activities/sheets/lists.ts';
import { headingsFor } from '../../activities/sheets/sheet-file.ts';
import { pageByPage } from '../../db/page-reader.ts';
import { clearFilter } from '../../domain/downloads/clear-filter.ts';
import type { FileFormat, ListName } from '../../domain/downloads/terms.ts';
import { instantFromEpochMs } from '../../domain/time.ts';
import type { Permission } from '../auth/permissions.ts';
import { actorOf } from '../auth/principal.ts';
import { ownTenant, readOwn } from '../own-data.ts';
import { problem } from '../problems.ts';
import { route, type Call, type Route } from '../route.ts';
import { exportStepUp, fileMedia, takeAlong } from '../sheets/download.ts';
import { beginDownload } from './begin.ts';
import { download } from './schema.ts';
import { printedHead, printedRowsMax } from '../../activities/sheets/printed-transactions.ts';

/** A list that can be taken along. */
export interface ListExport<List extends ListName, Asked extends { format: FileFormat }> {
  list: List;
  path: string;
  tag: string;
  summary: string;
  description: string;
  auth: Permission;
  formats: readonly FileFormat[];
  /** The filters of the list, and the format. */
  asked: z.ZodType<Asked>;
  choiceOf: (asked: Asked) => ListChoices[List];
}

/** The route that answers with the file, and the one that has it made in the background. */
export function exportRoutes<List extends ListName, Asked extends { format: FileFormat }>(
  of: ListExport<List, Asked>,
): { exported: Route; begun: Route } {
  return { exported: exportRoute(of), begun: beginRoute(of) };
}

function beginRoute<List extends ListName, Asked extends { format: FileFormat }>(
  of: ListExport<List, Asked>,
): Route {
  const { list, asked, choiceOf, formats, path, tag, summary, auth } = of;
  return route({
    ...{ method: 'post', path, tag, auth, stepUp: exportStepUp },
    summary: `${summary}, made in the background`,
    description:
      'For long lists. All rows are of one moment; a notice tells when the file is ready, and it can be fetched under `/v1/downloads` for 24 hours.',
    idempotency: 'optional',
    request: { body: asked },
    responses: { 202: { description: 'It is being made', schema: download } },
    problems: ['downloads-under-way', ...tooLong(formats)],
    handler: async ({ body }, call) => {
      const { format } = body;
      const choice = choiceOf(body);
      if (format === 'pdf' && (await isTooLong(call, list, choice))) {
        return problem('too-many-to-print');
      }
      return beginDownload(call, { kind: list, format, choice, filter: clearFilter(body), body });
    },
  });
}

const tooLong = (formats: readonly FileFormat[]) =>
  formats.includes('pdf') ? (['too-many-to-print'] as const) : [];

function exportRoute<List extends ListName, Asked extends { format: FileFormat }>(
  of: ListExport<List, Asked>,
): Route {
  const { list, asked, choiceOf, formats, ...facts } = of;
  return route({
    ...{ method: 'get', ...facts, stepUp: exportStepUp, request: { query: asked } },
    responses: {
      200: { description: 'The file', media: formats.map((format) => fileMedia[format]) },
    },
    problems: tooLong(formats),
    handler: async ({ query }, call) => {
      const { db, now } = call.dependencies;
      const { tenantId } = call.principal;
      const { format } = query;
      const choice = choiceOf(query);
      if (format === 'pdf' && (await isTooLong(call, list, choice))) {
        return problem('too-many-to-print');
      }
      const tenant = await ownTenant(call);
      const head = printedHead(tenant, instantFromEpochMs(now()));
      const headings = headingsFor(actorOf(call.principal), tenant.settings);
      const read = pageByPage(db, tenantId);
      return takeAlong(call, { list, format, asked: query }, (onRows) =>
        lists[list].write({ read, choice, onRows, head }, { format, headings }),
      );
    },
  });
}

async function isTooLong<List extends ListName>(
  call: Call,
  list: List,
  choice: ListChoices[List],
): Promise<boolean> {
  const count = await readOwn(call, (t) => lists[list].count(t, choice));
  return count > printedRowsMax;
}
