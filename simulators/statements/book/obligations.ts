/** What the calendar asks of a person: salary, rent, school fees, electricity. */
import type { BusinessDate } from '../../../domain/time.ts';
import { receiveSalary } from './income.ts';
import { billers, landlord, school } from './names.ts';
import type { Biller } from './names.ts';
import type { PersonalLife } from './personal-life.ts';
import { payBiller } from './spending.ts';
import { shillings } from './tariffs.ts';

const rent: Biller = { ...landlord, account: () => 'HSE B14', from: 18_000, to: 18_000 };
const fees: Biller = {
  ...school,
  account: (random) => `ADM${random.digits(4)}`,
  from: 12_000,
  to: 15_000,
};
const schoolMonths = ['01', '05', '09'];

/** The day's obligations in the order they fall due. */
export function obligationsOf(date: BusinessDate): ((life: PersonalLife) => boolean)[] {
  const [, month = '', day = ''] = date.split('-');
  const due: ((life: PersonalLife) => boolean)[] = [];
  if (day === '28') due.push(receiveSalary);
  if (day === '02') due.push((life) => payBiller(life, rent, shillings(18_000)));
  if (day === '06' && schoolMonths.includes(month)) due.push((life) => payBiller(life, fees));
  const [tokens] = billers;
  if (['04', '12', '20', '29'].includes(day) && tokens !== undefined) {
    due.push((life) => payBiller(life, tokens));
  }
  return due;
}
