/** The register as a file: one line for each breach and business. */
import type { Breach, BreachBusiness } from '../../db/breaches.ts';
import { clockOf, type ClockName } from '../../domain/breaches/clocks.ts';
import { toPublicId } from '../../domain/ids.ts';
import { nairobiText, type Instant } from '../../domain/time.ts';
import { text, type Sheet } from '../../activities/sheets/cells.ts';
import { entriesFor, type NotedBreach } from './shown.ts';

export interface RegisterLine {
  breach: Breach;
  one: BreachBusiness;
  /** What was done, the first of it first. */
  measures: readonly string[];
  nowMs: number;
}

/** A line for each business of these breaches: to a business its own alone, as they were read. */
export function registerLines(found: readonly NotedBreach[], nowMs: number): RegisterLine[] {
  return found.flatMap((breach) =>
    breach.businesses.map((one) => ({
      ...{ breach, one, nowMs },
      measures: entriesFor(breach, one.tenantId)
        .filter(({ kind }) => kind === 'measure')
        .map(({ detail }) => detail ?? ''),
    })),
  );
}

const when = (at: Instant | null) => text(at && nairobiText(at));
const standing = (name: ClockName) => (line: RegisterLine) =>
  text(clockOf(line.one, name, line.nowMs).standing);
const end = (name: ClockName) => (line: RegisterLine) =>
  when(clockOf(line.one, name, line.nowMs).by);

export const registerSheet: Sheet<RegisterLine> = {
  name: { en: 'breaches', sw: 'uvujaji' },
  columns: [
    ['Id', 'Kitambulisho', ({ breach }) => text(toPublicId('breach', breach.id))],
    ['Business', 'Biashara', ({ one }) => text(one.name)],
    ['What happened', 'Kilichotokea', ({ breach }) => text(breach.summary)],
    ['Data', 'Taarifa', ({ breach }) => text(breach.dataKinds.join(', '))],
    ['Encrypted', 'Zimefichwa', ({ breach }) => text(breach.isEncrypted ? 'yes' : 'no')],
    ['People', 'Watu', ({ one }) => text(one.personCount)],
    ['Noticed (Nairobi)', 'Iligunduliwa (Nairobi)', ({ one }) => when(one.noticedAt)],
    ['Business to be told by (Nairobi)', 'Biashara iambiwe kabla ya (Nairobi)', end('business')],
    ['Business told (Nairobi)', 'Biashara iliambiwa (Nairobi)', ({ one }) => when(one.toldAt)],
    ['Clock of the business', 'Saa ya biashara', standing('business')],
    ['Authority to be told by (Nairobi)', 'Mamlaka iambiwe kabla ya (Nairobi)', end('authority')],
    [
      'Authority told (Nairobi)',
      'Mamlaka iliambiwa (Nairobi)',
      ({ one }) => when(one.authorityToldAt),
    ],
    ['Clock of the authority', 'Saa ya mamlaka', standing('authority')],
    [
      'Reference of the authority',
      'Kumbukumbu ya mamlaka',
      ({ one }) => text(one.authorityReference),
    ],
    ['What was done', 'Kilichofanywa', ({ measures }) => text(measures.join(' | '))],
    ['Closed (Nairobi)', 'Ilifungwa (Nairobi)', ({ breach }) => when(breach.closedAt)],
    ['Why it was closed', 'Sababu ya kufungwa', ({ breach }) => text(breach.closeReason)],
  ],
};
