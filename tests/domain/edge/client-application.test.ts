import {
  applicationQuota,
  parseClientApplication,
} from '../../../domain/edge/client-application.ts';
import { callerQuota, tenantQuotas } from '../../../domain/edge/quota.ts';

describe('the name of a client application', () => {
  test.each([
    ['dfa_person_counter', { name: 'counter', rateClass: 'person' }],
    ['dfa_server_Shop01', { name: 'Shop01', rateClass: 'server' }],
    ['dfa_batch_nightlyExport', { name: 'nightlyExport', rateClass: 'batch' }],
    ['dfa_batch_abc', undefined],
    [`dfa_batch_${'a'.repeat(33)}`, undefined],
    ['dfa_toString_counter', undefined],
    ['dfa_batch_with-dash', undefined],
    ['dft_live_12345678', undefined],
    ['dfa_batch_name\n', undefined],
    ['', undefined],
  ])('%j is %j', (text, expected) => {
    expect(parseClientApplication(text)).toEqual(expected);
  });
});

test('work that can wait gets least, and no application gets what a caller gets', () => {
  for (const tenant of Object.values(tenantQuotas)) {
    const shares = (['batch', 'server', 'person'] as const).map(
      (rateClass) => applicationQuota(tenant, rateClass).burst,
    );
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(Math.max(...shares)).toBeLessThan(callerQuota(tenant).burst);
    expect(Math.min(...shares)).toBeGreaterThan(0);
  }
});
