/**
 * What the suites of accessibility share: how a screen is shown and judged. They are several, so that
 * they run side by side.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { follow, settle, signIn, type Dashboard, type Screen } from './dashboard.ts';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface AxeResult {
  violations: { id: string; nodes: { html: string }[] }[];
}
declare global {
  interface Window {
    axe: { run: (root: Document, options: object) => Promise<AxeResult> };
  }
}

const axe = readFileSync(join('node_modules', 'axe-core', 'axe.min.js'), 'utf8');

/** Fails unless axe finds nothing, nothing overflows, and every target is large enough. */
export async function expectAccessible({ page, complaints }: Screen): Promise<void> {
  await page.evaluate(axe);
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), rules);
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );

  expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  expect(overflow).toBeLessThanOrEqual(0);
  expect(await smallTargets(page)).toEqual([]);
  expect(complaints).toEqual([]);
}

/** Signs in where that is needed; otherwise follows the address as a link would. */
export async function show(
  dashboard: Dashboard,
  page: Page,
  { path, who }: { path: string; who: string | null },
): Promise<void> {
  if (who === 'outside') {
    await page.goto(`${dashboard.server.url}${path}`);
    await page.waitForSelector('main h1');
  } else if (who === null) {
    await page.goto(`${dashboard.server.url}${path}`);
    await page.waitForSelector('input[name=password]');
  } else if (who !== 'same') {
    await signIn(dashboard, page, path, who);
  } else {
    await follow(page, path);
  }
  await settle(page);
  // The heading that was there at first may have been that of the screen before.
  if (who !== null) await page.waitForSelector('main h1');
  await atRest(page);
}

/** Entrance animations change colours for a moment; only the resting screen is judged. */
export async function atRest(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        (one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity,
      ),
  );
}

/** Pointer targets under 24 × 24 px, or 44 × 44 under a finger; the drawn boxes of choices are inside larger labels. */
function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    // A pixel less is what rounding leaves of some.
    const least = matchMedia('(pointer: coarse)').matches ? 43 : 24;
    return [...document.querySelectorAll('button, select, input:not([type=file]), summary, nav a')]
      .filter((target) => !target.matches('[type=checkbox], [role=checkbox], [type=radio]'))
      .map((target) => ({
        html: target.outerHTML.slice(0, 120),
        box: target.getBoundingClientRect(),
      }))
      .filter(({ box }) => box.width > 1 && box.height > 1)
      .filter(({ box }) => box.width < least || box.height < least)
      .map(({ html, box }) => `${Math.round(box.width)}×${Math.round(box.height)} ${html}`);
  });
}
