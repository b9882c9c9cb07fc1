/** Invented people and public billers. No name or number belongs to a person known to us. */
import type { Random } from '../random.ts';

export interface Person {
  name: string;
  /** Full number, `2547XXXXXXXX`; layouts mask it. */
  msisdn: string;
}

export interface Business {
  name: string;
  shortcode: string;
}

const firstNames = (
  'WANJIKU ACHIENG KIPRONO MWENDE BARASA CHEBET OTIENO NJOKI MUTISO AKINYI KAMAU WAMBUI OMONDI ' +
  'JEROTICH MUTHONI KIPCHUMBA NALIAKA HASSAN AMINA FATUMA PETER GRACE SAMUEL MERCY DENNIS FAITH ' +
  'BRIAN ESTHER KEVIN LILIAN COLLINS RUTH VICTOR JOYCE GEOFFREY NANCY ELIJAH CAROLINE FELIX JANET ANDRÉ'
).split(' ');

const surnames = (
  'KAMANDE ODHIAMBO CHERUIYOT MUSYOKA WEKESA NDUNGU ATIENO KARIUKI ROTICH NZOMO WANYAMA GITHINJI ' +
  'OKOTH MAKOKHA LANGAT MUMBUA OCHIENG KIBET NYAMBURA WAFULA ABDI YUSUF MBURU KOECH SIMIYU NJUGUNA ' +
  'OUMA MUTUA CHEPKEMOI GICHUKI ONYANGO KILONZO WAITHERA OMAR KIMANI BOSIRE MORAA NYABUTO'
).split(' ');

export const tills: readonly Business[] = [
  { name: 'NAIVAS SUPERMARKET KASARANI 4', shortcode: '851220' },
  { name: 'CARREFOUR THE HUB 6', shortcode: '705512' },
  { name: 'QUICKMART THIKA ROAD 2', shortcode: '733410' },
  { name: 'SHELL NGONG ROAD', shortcode: '5227014' },
  { name: 'RUBIS ENERGY WESTLANDS', shortcode: '894571' },
  { name: 'MAMA OLIECH RESTAURANT', shortcode: '5310078' },
  { name: 'GOODLIFE PHARMACY YAYA', shortcode: '921334' },
  { name: 'JAVA HOUSE KIMATHI', shortcode: '744902' },
  { name: 'UPENDO BUTCHERY', shortcode: '6120457' },
  { name: 'SUNRISE HARDWARE - RONGAI', shortcode: '5578120' },
  { name: 'CHANDARANA FOODPLUS', shortcode: '766003' },
  { name: 'KIJANI CYBER', shortcode: '6044821' },
];

export const agents: readonly Business[] = [
  { name: 'BARAKA COMMUNICATIONS KAWANGWARE', shortcode: '216680' },
  { name: 'TUMAINI AGENCIES UMOJA', shortcode: '308144' },
  { name: 'LAKESIDE PHONES KISUMU', shortcode: '452209' },
  { name: 'HIGHWAY M-PESA SHOP THIKA', shortcode: '119873' },
  { name: 'NEEMA ELECTRONICS NAKURU', shortcode: '570316' },
];

export interface Biller extends Business {
  /** What customers type as the account. */
  account: (random: Random) => string;
  /** Range of amounts in whole shillings. */
  from: number;
  to: number;
}

const meterNumber = (random: Random): string => `3714${random.digits(7)}`;
const phoneAccount = (random: Random): string => `07${random.digits(8)}`;

export const billers: readonly Biller[] = [
  { name: 'KPLC PREPAID', shortcode: '888880', account: meterNumber, from: 200, to: 2500 },
  { name: 'KPLC POSTPAID', shortcode: '888888', account: meterNumber, from: 800, to: 6000 },
  { name: 'NAIROBI WATER', shortcode: '444400', account: (r) => r.digits(7), from: 400, to: 3200 },
  { name: 'ECITIZEN', shortcode: '222222', account: (r) => `GK${r.digits(6)}`, from: 50, to: 4550 },
  { name: 'KRA', shortcode: '572572', account: (r) => `2020${r.digits(8)}`, from: 500, to: 20_000 },
  {
    name: 'EQUITY PAYBILL ACCOUNT',
    shortcode: '247247',
    account: (r) => `0${r.digits(11)}`,
    from: 500,
    to: 30_000,
  },
  { name: 'LIPA NA KCB', shortcode: '522533', account: (r) => r.digits(7), from: 100, to: 9000 },
  {
    name: 'CO-OPERATIVE BANK MONEY TRANSFER',
    shortcode: '400200',
    account: (r) => `01${r.digits(10)}`,
    from: 500,
    to: 25_000,
  },
  { name: 'DSTV KENYA', shortcode: '444900', account: (r) => r.digits(10), from: 1150, to: 4300 },
  { name: 'ZUKU', shortcode: '320320', account: (r) => r.digits(6), from: 2799, to: 5999 },
  { name: 'BETIKA', shortcode: '290290', account: phoneAccount, from: 49, to: 500 },
  { name: 'SPORTPESA', shortcode: '955100', account: () => 'GAME', from: 50, to: 600 },
  { name: 'TALA MOBILE', shortcode: '851900', account: phoneAccount, from: 500, to: 6000 },
  {
    name: 'SHA SOCIAL HEALTH AUTHORITY',
    shortcode: '200222',
    account: (r) => r.digits(8),
    from: 300,
    to: 1650,
  },
];

export const landlord: Business = { name: 'ACACIA COURT PROPERTIES', shortcode: '4087733' };
export const school: Business = { name: 'ST MONICA GIRLS HIGH - FEES', shortcode: '4029187' };
export const employer: Business = { name: 'TWIGA PACKAGING LIMITED', shortcode: '3014487' };

/** Makes up a person with a Kenyan mobile number. */
export function inventPerson(random: Random): Person {
  const middle = random.chance(0.5) ? ` ${random.pick(firstNames)}` : '';
  const name = `${random.pick(firstNames)}${middle} ${random.pick(surnames)}`;
  const range = random.pick(['70', '71', '72', '74', '79', '11']);
  return { name, msisdn: `254${range}${random.digits(7)}` };
}
