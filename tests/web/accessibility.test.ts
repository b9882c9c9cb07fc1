/** Every screen in both themes, on a phone and on a desk: axe finds nothing, nothing overflows. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDashboard, openScreen, settle, signIn, type Dashboard } from './support/dashboard.ts';

jest.setTimeout(120_000);

const statement = (number: number): string => `/statements/stm_${String(number).padStart(32, '0')}`;
const screens: readonly [name: string, path: string, who?: string][] = [
  ['overview', '/overview'],
  ['overview of a new business', '/overview', 'empty'],
  ['statements', '/statements'],
  ['proven statement', statement(1)],
  ['locked statement', statement(3)],
  ['statement to review', statement(4)],
  ['columns to match', statement(5)],
  ['refused statement', statement(6)],
  ['transactions', '/transactions?direction=out&category=stock'],
  ['transaction', `/transactions?row=txn_${'1'.padStart(32, '0')}`],
  ['missing page', '/nowhere'],
  ['refused role', '/transactions', 'denied'],
];
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface AxeResult {
  violations: { id: string; nodes: { html: string }[] }[];
}
declare global {
  interface Window {
    axe: { run: (root: Document, options: object) => Promise<AxeResult> };
  }
}

let dashboard: Dashboard;
let axe: string;

beforeAll(async () => {
  axe = readFileSync(join('node_modules', 'axe-core', 'axe.min.js'), 'utf8');
  dashboard = await openDashboard({ rowCount: 2_000 });
}, 180_000);
afterAll(() => dashboard.close());

const looks = (['light', 'dark'] as const).flatMap((theme) =>
  [360, 1280].map((width) => ({
    theme,
    width,
    locale: theme === 'dark' ? ('sw' as const) : ('en' as const),
  })),
);

describe.each(looks)('$theme at $width px ($locale)', (look) => {
  test.each([['sign-in', '/login'] as const, ...screens])(
    '%s is accessible and fits',
    async (name, path, who) => {
      const screen = await openScreen(dashboard, look);
      const { page } = screen;
      if (name === 'sign-in') {
        await page.goto(`${dashboard.server.url}${path}`);
        await page.waitForSelector('input[name=password]');
      } else {
        await signIn(dashboard, page, path, who);
        await settle(page);
      }
      await page.evaluate(axe);
      // Entrance animations change colours for a moment; only the resting screen is judged.
      await page.waitForFunction(() =>
        document
          .getAnimations()
          .every(
            (one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity,
          ),
      );
      const { violations } = await page.evaluate(
        (tags) => window.axe.run(document, { runOnly: tags }),
        rules,
      );
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      const small = await page.evaluate(() =>
        [
          ...document.querySelectorAll<HTMLElement>(
            'button, select, input:not([type=file]), summary, nav a',
          ),
        ]
          .map((target) => ({
            html: target.outerHTML.slice(0, 120),
            box: target.getBoundingClientRect(),
          }))
          .filter(
            ({ box }) => box.width > 1 && box.height > 1 && (box.width < 24 || box.height < 24),
          )
          .map(({ html, box }) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`)
          .filter((line) => !line.includes('type="checkbox"') && !line.includes('role="checkbox"')),
      );

      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)).toEqual(
        [],
      );
      expect(overflow).toBeLessThanOrEqual(0);
      expect(small).toEqual([]);
      expect(screen.complaints).toEqual([]);
      await screen.close();
    },
  );
});
