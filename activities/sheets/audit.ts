import type { NamedAuditItem } from '../../db/audit-list.ts';
import { text, type Sheet } from './cells.ts';

/** The audit log with its hashes, so that the chain can be followed without us. */
export const auditSheet: Sheet<NamedAuditItem> = {
  name: 'Audit log',
  columns: [
    ['seq', ({ seq }) => text(seq)],
    ['at', ({ at }) => text(at)],
    ['actor', ({ actor }) => text(actor)],
    ['name', ({ actorName }) => text(actorName)],
    ['action', ({ action }) => text(action)],
    ['object kind', ({ objectKind }) => text(objectKind)],
    ['object id', ({ objectId }) => text(objectId)],
    ['detail', ({ detail }) => text(JSON.stringify(detail))],
    ['request id', ({ requestId }) => text(requestId)],
    ['hash', ({ hash }) => text(hash)],
  ],
};
