/** The register as a file: one line for each breach and business. */
import type { Breach, BreachBusiness } from '../../db/breaches.ts';
import { clockOf, type ClockName } from '../../domain/breaches/clocks.ts';
import { toPublicId } from '../../domain/ids.ts';
import { nairobiText, type Instant } from '../../domain/time.ts';
import { text, type Sheet } from '../../activities/sheets/cells.ts';

export interface RegisterLine {
  breach: Breach;
  one: BreachBusiness;
  /** What was done, the first of it first. */
  measures: readonly string[];
  nowMs: number;
}

const when = (at: Instant | null) => text(at && nairobiText(at));
const standing = (name: ClockName) => (line: RegisterLine) =>
  text(clockOf(line.one, name, line.nowMs).standing);
const end = (name: ClockName) => (line: RegisterLine) =>
  when(clockOf(line.one, name, line.nowMs).by);

export const registerSheet: Sheet<RegisterLine> = {
  name: 'breaches',
  columns: [
    ['Id', ({ breach }) => text(toPublicId('breach', breach.id))],
    ['Business', ({ one }) => text(one.name)],
    ['What happened', ({ breach }) => text(breach.summary)],
    ['Data', ({ breach }) => text(breach.dataKinds.join(', '))],
    ['Encrypted', ({ breach }) => text(breach.isEncrypted ? 'yes' : 'no')],
    ['People', ({ one }) => text(one.personCount)],
    ['Noticed (Nairobi)', ({ one }) => when(one.noticedAt)],
    ['Business to be told by (Nairobi)', end('business')],
    ['Business told (Nairobi)', ({ one }) => when(one.toldAt)],
    ['Business', standing('business')],
    ['Authority to be told by (Nairobi)', end('authority')],
    ['Authority told (Nairobi)', ({ one }) => when(one.authorityToldAt)],
    ['Authority', standing('authority')],
    ['Reference of the authority', ({ one }) => text(one.authorityReference)],
    ['What was done', ({ measures }) => text(measures.join(' | '))],
    ['Closed (Nairobi)', ({ breach }) => when(breach.closedAt)],
    ['Why it was closed', ({ breach }) => text(breach.closeReason)],
  ],
};
