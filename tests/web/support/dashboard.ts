/** The dashboard as people meet it: built, served with production's headers, in a real Chromium. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type Page } from 'playwright-core';
import { startFixtureServer, type FixtureServer } from './fixture-server.ts';

const run = promisify(execFile);

export interface Dashboard {
  browser: Browser;
  server: FixtureServer;
  distFolder: string;
  close: () => Promise<void>;
}

/** Builds into a folder of its own, so that a test never looks at yesterday's build. */
export async function openDashboard(options: { rowCount?: number } = {}): Promise<Dashboard> {
  const distFolder = await mkdtemp(join(tmpdir(), 'daftari-web-'));
  const vite = join('node_modules', 'vite', 'bin', 'vite.js');
  const asked = ['build', 'web', '--outDir', distFolder, '--emptyOutDir', '--logLevel', 'error'];
  await run(process.execPath, [vite, ...asked], {
    env: { ...process.env, NODE_ENV: 'production' },
  });
  const server = await startFixtureServer({ distFolder, stepMs: 120, ...options });
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox', '--headless', '--disable-gpu', '--disable-background-networking'],
  });
  return {
    browser,
    server,
    distFolder,
    close: async () => {
      await browser.close();
      await server.close();
      await rm(distFolder, { recursive: true });
    },
  };
}

function chromiumPath(): string {
  const known = [
    process.env['CHROMIUM_PATH'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  const found = known.find((path) => path !== undefined && existsSync(path));
  if (found === undefined) {
    throw new Error(
      'These tests need Chromium. Install it (apt-get install chromium) or set CHROMIUM_PATH.',
    );
  }
  return found;
}

export interface Look {
  width?: number;
  theme?: 'light' | 'dark';
  locale?: 'en' | 'sw';
}

export interface Screen {
  page: Page;
  /** Everything the browser complained about: blocked by policy, thrown, logged as an error. */
  complaints: string[];
  /** Addresses outside our own server that were asked for. */
  strangers: string[];
  close: () => Promise<void>;
}

/** A fresh browser profile with preferences set, looking at nothing yet. */
export async function openScreen({ browser, server }: Dashboard, look: Look = {}): Promise<Screen> {
  const { width = 1280, theme = 'light', locale = 'en' } = look;
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 780 : 860 },
    // A phone is touched: what is under a finger is larger than under a pointer.
    ...{ hasTouch: width < 500, isMobile: width < 500 },
    acceptDownloads: true,
  });
  await context.addInitScript((saved) => {
    if (localStorage.getItem('daftari.preferences') === null) {
      localStorage.setItem('daftari.preferences', saved);
    }
    const offset = Date.parse('2026-11-21T11:05:00Z') - Date.now();
    const real = Date.now.bind(Date);
    Date.now = () => real() + offset;
  }, JSON.stringify({ theme, locale }));
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  const strangers: string[] = [];
  page.on('console', (line) => {
    const isExpected = line.text().startsWith('Failed to load resource');
    if (line.type() === 'error' && !isExpected) complaints.push(line.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !/^(blob|data):/.test(request.url()))
      strangers.push(request.url());
  });
  return { page, complaints, strangers, close: () => context.close() };
}

/** Asks for `path`, signs in as `who` and waits until the screen has its heading. */
export async function signIn(
  dashboard: Dashboard,
  page: Page,
  path: string,
  who = 'demo',
): Promise<void> {
  await page.goto(`${dashboard.server.url}${path}`);
  await page.fill('input[name=email]', `${who}@daftari.test`);
  await page.fill('input[name=password]', 'karibu-daftari-2026');
  await page.click('button[type=submit]');
  await page.waitForSelector('#main h1');
}

interface Routed extends Element {
  __vue_app__?: {
    config: { globalProperties: { $router: { push: (to: string) => Promise<unknown> } } };
  };
}

/** Goes to `path` as a link would; the former screen is gone when this resolves. */
export async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate(async (to) => {
    const app = document.querySelector<Routed>('#app')?.__vue_app__;
    if (app === undefined) throw new Error('the dashboard has not started');
    await app.config.globalProperties.$router.push(to);
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }, path);
}

/** Waits until the screen has its heading and nothing is loading any more. */
export async function settle(page: Page): Promise<void> {
  await page.waitForFunction(
    () =>
      document.querySelector('h1') !== null && document.querySelector('.animate-pulse') === null,
  );
}
