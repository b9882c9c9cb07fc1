/**
 * Single keys and `g` chords, as a pure machine: a key and what was pressed before give a deed.
 * Keys never fire while typing, with a modifier, or when the person has turned them off.
 */
export type Deed =
  | { kind: 'go'; route: 'overview' | 'statements' | 'transactions' }
  | { kind: 'help' }
  | { kind: 'search' }
  | { kind: 'palette' };

export interface KeyPress {
  key: string;
  hasModifier: boolean;
  isCommand: boolean;
  isTyping: boolean;
  atMs: number;
}

export interface ChordState {
  /** When `g` was pressed, in the clock of the key events; null when no chord is open. */
  openedAtMs: number | null;
}

const chordMs = 1500;
const places: Record<string, 'overview' | 'statements' | 'transactions'> = {
  o: 'overview',
  s: 'statements',
  t: 'transactions',
};

/** What a key press means now, and the state for the next one. */
export function readKey(
  state: ChordState,
  press: KeyPress,
  isEnabled: boolean,
): { state: ChordState; deed: Deed | null } {
  const idle: ChordState = { openedAtMs: null };
  if (press.isCommand && press.key.toLowerCase() === 'k')
    return { state: idle, deed: { kind: 'palette' } };
  if (!isEnabled || press.isTyping || press.hasModifier) return { state: idle, deed: null };
  const isOpen = state.openedAtMs !== null && press.atMs - state.openedAtMs <= chordMs;
  const place = places[press.key];
  if (isOpen && place !== undefined) return { state: idle, deed: { kind: 'go', route: place } };
  if (press.key === 'g') return { state: { openedAtMs: press.atMs }, deed: null };
  if (press.key === '?') return { state: idle, deed: { kind: 'help' } };
  if (press.key === '/') return { state: idle, deed: { kind: 'search' } };
  return { state: idle, deed: null };
}

/** The rows of the `?` sheet, grouped as they are shown: keys and the catalogue key of the deed. */
export const keySheet: readonly {
  group: string;
  rows: readonly { keys: readonly string[]; text: string }[];
}[] = [
  {
    group: 'keys.anywhere',
    rows: [
      { keys: ['?'], text: 'keys.help' },
      { keys: ['Ctrl', 'K'], text: 'keys.palette' },
      { keys: ['/'], text: 'keys.search' },
      { keys: ['g', 'o'], text: 'keys.goOverview' },
      { keys: ['g', 's'], text: 'keys.goStatements' },
      { keys: ['g', 't'], text: 'keys.goTransactions' },
    ],
  },
  {
    group: 'keys.inTransactions',
    rows: [
      { keys: ['j'], text: 'keys.next' },
      { keys: ['k'], text: 'keys.previous' },
      { keys: ['Enter'], text: 'keys.open' },
      { keys: ['x'], text: 'keys.pick' },
      { keys: ['Shift', 'X'], text: 'keys.pickTo' },
      { keys: ['c'], text: 'keys.choose' },
      { keys: ['Esc'], text: 'keys.close' },
    ],
  },
];
