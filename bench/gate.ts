/**
 * A gate compares our figure with a named reference measured in the same run. A bench checks what
 * it produced (counts, sums, digests) before it returns a gate; a reference that is not on this
 * machine makes the gate `skipped`, which is never the same as passed.
 */
export interface Gate {
  gate: string;
  unit: string;
  ours: number | null;
  reference: number | null;
  /** Ours over reference (or the figure itself where the limit is absolute). */
  ratio: number | null;
  /** For example `>= 0.3` or `<= 10`; compared with `ratio`. */
  limit: string;
  /** Null when skipped. */
  ok: boolean | null;
  /** Smallest and largest ratio over the rounds. */
  spread: [number, number] | null;
  detail: string;
}

export interface BenchOptions {
  /** Smaller sizes with twice the slack, for the ordinary test run. */
  isSmoke: boolean;
  say(line: string): void;
}

export type Part = (options: BenchOptions) => Promise<Gate[]>;

/** Its parts by name, in the order they run; each can be run alone. */
export type Bench = Readonly<Record<string, Part>>;

interface Comparison {
  gate: string;
  unit: string;
  limit: string;
  ours: readonly number[];
  reference: readonly number[];
  detail: string;
}

/** Judges the median of the ratios taken round by round. */
export function compared({ ours, reference, ...rest }: Comparison): Gate {
  const ratios = ours.map((figure, round) => figure / (reference[round] ?? Number.NaN));
  const ratio = median(ratios);
  return {
    ...rest,
    ours: median(ours),
    reference: median(reference),
    ratio,
    ok: holds(ratio, rest.limit),
    spread: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** Judges a figure against a fixed limit. */
export function absolute(
  gate: Pick<Gate, 'gate' | 'unit' | 'limit' | 'detail'> & { figures: readonly number[] },
): Gate {
  const { figures, ...rest } = gate;
  const ours = median(figures);
  const spread: [number, number] = [Math.min(...figures), Math.max(...figures)];
  return { ...rest, ours, reference: null, ratio: ours, ok: holds(ours, rest.limit), spread };
}

/** A gate whose reference is not to be had here. */
export function skipped(gate: Pick<Gate, 'gate' | 'unit' | 'limit'>, why: string): Gate {
  return {
    ...gate,
    ours: null,
    reference: null,
    ratio: null,
    ok: null,
    spread: null,
    detail: `skipped: ${why}`,
  };
}

/** The middle value; of an even number, the mean of the middle two. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

function holds(figure: number, limit: string): boolean {
  const match = /^(>=|<=) ([\d.]+)$/.exec(limit);
  if (match === null) throw new Error(`a limit reads ">= n" or "<= n", not: ${limit}`);
  const bound = Number(match[2]);
  return match[1] === '>=' ? figure >= bound : figure <= bound;
}
