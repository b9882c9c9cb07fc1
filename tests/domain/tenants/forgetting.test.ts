import { stayKinds, whatStays } from '../../../domain/tenants/forgetting.ts';

describe('what stays of a forgotten person', () => {
  test.each([
    [{ changed: 0, keptFiles: 0, leftCount: 0 }, []],
    [{ changed: 4, keptFiles: 0, leftCount: 0 }, ['figures']],
    [{ changed: 4, keptFiles: 2, leftCount: 0 }, ['files', 'figures']],
    [{ changed: 0, keptFiles: 0, leftCount: 3 }, ['unfinished']],
  ])('of %j is %j', (done, kinds) => {
    expect(whatStays(done).map(({ what }) => what)).toEqual(kinds);
  });

  test('is told with a number and a reason in both languages', () => {
    const stays = whatStays({ changed: 4, keptFiles: 2, leftCount: 3 });

    expect(stays.map(({ what }) => what)).toEqual(stayKinds);
    expect(stays.map(({ count }) => count)).toEqual([2, null, 3]);
    for (const { why, whySw } of stays) {
      expect(why).toMatch(/\.$/);
      expect(whySw).toMatch(/\.$/);
      expect(whySw).not.toBe(why);
    }
  });
});
