import {
  keySheet,
  readKey,
  type ChordState,
  type KeyPress,
} from '../../web/src/shell/shortcuts.ts';

const idle: ChordState = { openedAtMs: null };
const press = (key: string, change: Partial<KeyPress> = {}): KeyPress => ({
  key,
  hasModifier: false,
  isCommand: false,
  isTyping: false,
  atMs: 1000,
  ...change,
});

describe('keyboard shortcuts', () => {
  test.each([
    ['o', 'overview'],
    ['s', 'statements'],
    ['t', 'transactions'],
  ] as const)('g then %s goes to %s', (key, route) => {
    const opened = readKey(idle, press('g'), true);

    expect(opened.deed).toBeNull();
    expect(readKey(opened.state, press(key, { atMs: 1400 }), true).deed).toEqual({
      kind: 'go',
      route,
    });
  });

  test('a chord that takes too long is forgotten', () => {
    const opened = readKey(idle, press('g'), true);

    expect(readKey(opened.state, press('t', { atMs: 2600 }), true).deed).toBeNull();
  });

  test('another key in between closes the chord', () => {
    const opened = readKey(idle, press('g'), true);
    const strayed = readKey(opened.state, press('x', { atMs: 1100 }), true);

    expect(readKey(strayed.state, press('t', { atMs: 1200 }), true).deed).toBeNull();
  });

  test('letters stay letters while typing, with a modifier, and when turned off', () => {
    expect(readKey(idle, press('?', { isTyping: true }), true).deed).toBeNull();
    expect(readKey(idle, press('?', { hasModifier: true }), true).deed).toBeNull();
    expect(readKey(idle, press('?'), false).deed).toBeNull();
    expect(readKey(idle, press('?'), true).deed).toEqual({ kind: 'help' });
  });

  test('the palette opens from anywhere, typing or not, turned off or not', () => {
    const command = press('k', { isCommand: true, hasModifier: true, isTyping: true });

    expect(readKey(idle, command, false).deed).toEqual({ kind: 'palette' });
  });

  test('every chord of the sheet does what the sheet says', () => {
    const chords = keySheet.flatMap((part) => part.rows).filter((row) => row.keys[0] === 'g');

    const deeds = chords.map(({ keys }) => {
      const opened = readKey(idle, press('g'), true);
      return readKey(opened.state, press(keys[1] ?? ''), true).deed?.kind;
    });

    expect(deeds).toEqual(['go', 'go', 'go']);
  });
});
