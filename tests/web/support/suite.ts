/** For suites in the browser: one dashboard for all tests, a fresh profile for each, and no complaints. */
import { openDashboard, openScreen, settle, signIn } from './dashboard.ts';
import type { Dashboard, Look, Screen } from './dashboard.ts';

export interface WebSuite {
  readonly dashboard: Dashboard;
  /** What the test that runs looks at. */
  readonly screen: Screen;
  /** A profile that nobody has signed in with. */
  outside(look?: Look): Promise<Screen['page']>;
  /** Signs in and waits until the screen at `path` is there. */
  open(path: string, who?: string, look?: Look): Promise<Screen['page']>;
}

/** Registers what opens and closes everything; call it at the top of a suite. */
export function webSuite(options: { rowCount?: number } = {}): WebSuite {
  const opened: { dashboard?: Dashboard; screen?: Screen } = {};
  const there = <Thing>(thing: Thing | undefined): Thing => {
    if (thing === undefined) throw new Error('only tests and their hooks have a browser');
    return thing;
  };
  beforeAll(async () => {
    opened.dashboard = await openDashboard(options);
  }, 180_000);
  afterAll(() => opened.dashboard?.close());
  afterEach(async () => {
    const { complaints, strangers, close } = there(opened.screen);
    expect(complaints).toEqual([]);
    expect(strangers).toEqual([]);
    await close();
  });
  const outside = async (look: Look = {}) => {
    opened.screen = await openScreen(there(opened.dashboard), look);
    return opened.screen.page;
  };
  return {
    get dashboard() {
      return there(opened.dashboard);
    },
    get screen() {
      return there(opened.screen);
    },
    outside,
    async open(path, who = 'demo', look = {}) {
      const page = await outside(look);
      await signIn(there(opened.dashboard), page, path, who);
      await settle(page);
      return page;
    },
  };
}
