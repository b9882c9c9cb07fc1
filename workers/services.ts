/** What a process can be asked to run, and what that means in Temporal workers and consumers. */

export const serviceNames = [
  'statements',
  'payments',
  'tenants',
  'auth',
  'categorizer',
  'analytics',
  'notifications',
  'relay',
  'maintenance',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** `parser` is the name of the statements service in deployments. */
const aliases: Readonly<Record<string, readonly ServiceName[]>> = {
  all: serviceNames,
  parser: ['statements'],
};

/**
 * Reads `--service=name[,name]` from the command line; all services when it is left out. Throws
 * with the list of names when one is unknown.
 */
export function readServices(argv: readonly string[]): readonly ServiceName[] {
  const option = argv.find((argument) => argument.startsWith('--service='));
  const names = option === undefined ? ['all'] : option.slice('--service='.length).split(',');
  return [...new Set(names.flatMap(expand))];
}

function expand(name: string): readonly ServiceName[] {
  const known = aliases[name] ?? serviceNames.filter((service) => service === name);
  if (known.length > 0) return known;
  const choices = [...Object.keys(aliases), ...serviceNames].join(', ');
  throw new Error(`There is no service "${name}". Choose from: ${choices}.`);
}
