/** Invented people: a number always has the same name. */
import { createRandom } from '../../statements/random.ts';

const first = [
  'WANJIKU',
  'OTIENO',
  'AKINYI',
  'KIPROTICH',
  'MUTHONI',
  'HASSAN',
  'NAFULA',
  'BRIAN',
  'FAITH',
  'KEVIN',
  'MERCY',
  'ABDI',
];
const middle = ['NJERI', 'ODHIAMBO', 'CHEBET', 'MWANGI', 'ALI', 'WAMBUI', 'KAMAU', 'ATIENO'];
const last = [
  'DOE',
  'KARIUKI',
  'OUMA',
  'CHERUIYOT',
  'MOHAMED',
  'WEKESA',
  'NDEGWA',
  'MUTUA',
  'OKELLO',
  'GITAU',
];

/** First, middle and last name, upper case. */
export function nameOf(msisdn: string): string {
  const random = createRandom(Number(msisdn.slice(-9)), 'name');
  return [random.pick(first), random.pick(middle), random.pick(last)].join(' ');
}

/** `2547 ***** 678`, as C2B version 2 shows a payer. */
export function maskedForC2b(msisdn: string): string {
  return `${msisdn.slice(0, 4)} ***** ${msisdn.slice(-3)}`;
}

/** `25471****678`, as exports of the organisation portal show a payer. */
export function maskedForExport(msisdn: string): string {
  return `${msisdn.slice(0, 5)}****${msisdn.slice(-3)}`;
}
