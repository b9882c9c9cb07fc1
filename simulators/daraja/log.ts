/** The last calls in both directions, in a ring that never grows. */
import type { Instant } from '../../domain/time.ts';
import type { Api } from './terms.ts';

export interface LogLine {
  number: number;
  at: Instant;
  /** `in`: somebody called the twin; `out`: the twin called somebody. */
  direction: 'in' | 'out';
  api: Api | 'unknown';
  method: string;
  url: string;
  /** Absent when no answer was given or none came. */
  status: number | null;
  tookMs: number;
  request: string;
  response: string;
  /** The effects of rules on this call. */
  effects: string[];
}

export interface Log {
  add(line: Omit<LogLine, 'number'>): void;
  /** Newest first; `after` is the number of the last line already known. */
  list(wish?: { after?: number; limit?: number; direction?: string; api?: string }): LogLine[];
  count(): number;
  clear(): void;
}

const longestBody = 4_096;

export function createLog(size = 2_000): Log {
  const ring: LogLine[] = [];
  let written = 0;
  return {
    add(line) {
      ring[written % size] = {
        ...line,
        number: written + 1,
        request: line.request.slice(0, longestBody),
        response: line.response.slice(0, longestBody),
      };
      written += 1;
    },
    list({ after = 0, limit = 200, direction, api } = {}) {
      const lines: LogLine[] = [];
      const oldest = Math.max(after, written - size);
      for (let number = written; number > oldest && lines.length < limit; number -= 1) {
        const line = ring[(number - 1) % size];
        if (line === undefined) continue;
        if (direction !== undefined && line.direction !== direction) continue;
        if (api === undefined || line.api === api) lines.push(line);
      }
      return lines;
    },
    count: () => written,
    clear() {
      ring.length = 0;
      written = 0;
    },
  };
}
