/** CPU time of this process and of the children it has waited for, from the operating system's own account. */
import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** Seconds of processor time used so far by this process and its finished children. */
export function cpuSeconds(): number {
  const own = process.cpuUsage();
  return (own.user + own.system) / 1e6 + childrenCpuSeconds();
}

/** Fields 16 and 17 of /proc/self/stat: user and system time of children that were waited for. */
function childrenCpuSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticksPerSecond;
}

export interface Spent<Value> {
  value: Value;
  cpuSeconds: number;
  wallSeconds: number;
}

/** Runs `work` and says what it cost, children included. */
export async function spent<Value>(work: () => Promise<Value>): Promise<Spent<Value>> {
  const [cpu, wall] = [cpuSeconds(), performance.now()];
  const value = await work();
  return { value, cpuSeconds: cpuSeconds() - cpu, wallSeconds: (performance.now() - wall) / 1000 };
}

/** User and system time of another process so far, in milliseconds. */
export function cpuMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond;
}
