/** Every icon the dashboard names is part of its build; the page may fetch none. */
import { globSync, readFileSync } from 'node:fs';
import { bundledIcons } from '../../web/icons.ts';

test('every icon that is named anywhere is bundled', () => {
  const sources = globSync('web/src/**/*.{vue,ts}').map((file) => readFileSync(file, 'utf8'));
  const named = sources.flatMap((source) => source.match(/i-lucide-[a-z0-9-]+/g) ?? []);

  expect(named.length).toBeGreaterThan(50);
  expect([...new Set(named)].filter((icon) => !bundledIcons.includes(icon))).toEqual([]);
});
