import type { NamedAuditItem } from '../../db/audit-list.ts';
import { auditActions } from '../../domain/audit/actions.ts';
import { text, type Sheet } from './cells.ts';

const deeds = new Map<string, { en: string; sw: string }>(Object.entries(auditActions));

/** The audit log with its hashes, so that the chain can be followed without us. */
export const auditSheet: Sheet<NamedAuditItem> = {
  name: { en: 'Audit log', sw: 'Kumbukumbu za ukaguzi' },
  columns: [
    ['seq', 'mfuatano', ({ seq }) => text(seq)],
    ['at', 'wakati', ({ at }) => text(at)],
    ['actor', 'mtendaji', ({ actor }) => text(actor)],
    ['name', 'jina', ({ actorName }) => text(actorName)],
    ['action', 'tendo', ({ action }) => text(action)],
    ['object kind', 'aina ya kitu', ({ objectKind }) => text(objectKind)],
    ['object id', 'kitambulisho cha kitu', ({ objectId }) => text(objectId)],
    ['detail', 'undani', ({ detail }) => text(JSON.stringify(detail))],
    ['request id', 'kitambulisho cha ombi', ({ requestId }) => text(requestId)],
    ['hash', 'alama ya uthibitisho', ({ hash }) => text(hash)],
    ['in words', 'kwa Kiingereza', ({ action }) => text(deeds.get(action)?.en)],
    ['in Swahili', 'kwa Kiswahili', ({ action }) => text(deeds.get(action)?.sw)],
  ],
};
