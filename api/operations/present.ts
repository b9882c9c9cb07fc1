import type { z } from 'zod';
import type { Operation } from '../../db/operations.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import type { operation } from './schema.ts';

/** An operation as clients see it. */
export function showOperation(
  stored: Operation,
  runUrl: (workflowId: string) => string,
): z.input<typeof operation> {
  const { createdBy: _createdBy, error, ...shared } = stored;
  return {
    ...shared,
    id: toPublicId('operation', stored.id),
    subjectId: toPublicId('statement', id('statement', stored.subjectId)),
    error: error === null ? null : { code: 'internal', detail: '', ...error },
    runUrl: runUrl(stored.workflowId),
  };
}
