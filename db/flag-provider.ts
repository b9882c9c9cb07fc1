/**
 * Feature flags behind OpenFeature. Definitions and choices are remembered for a few seconds; when
 * the database does not answer, the last known ones hold, so an outage never switches anything.
 */
import {
  ErrorCode,
  OpenFeature,
  StandardResolutionReasons,
  type Client,
  type EvaluationContext,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
} from '@openfeature/server-sdk';
import { withAllNeeds } from '../domain/flags/constraints.ts';
import { evaluateFlags } from '../domain/flags/evaluate.ts';
import { id, type TenantId } from '../domain/ids.ts';
import type { Database } from './database.ts';
import { readFlagFacts, type FlagFacts } from './flag-facts.ts';
import { openFlagNotes } from './flag-uses.ts';
import { listFlags, type StoredFlag } from './flags.ts';
import type { TenantEnvironment } from './platform-tables.ts';

const rememberedMs = 3_000;
const tenantsMax = 5_000;

export interface Flags {
  /** Whether a flag is on for a tenant; false for a flag nobody defined. */
  isOn(tenantId: TenantId, key: string): Promise<boolean>;
  /**
   * Values for the input of a workflow: a run keeps what was true when it began, whatever is
   * switched while it waits, so a replay decides as the run did.
   */
  pinned<Key extends string>(
    tenantId: TenantId,
    keys: readonly Key[],
  ): Promise<Record<Key, boolean>>;
}

let opened = 0;

/** Opens flags over a database; the provider stands under a domain of its own. */
export function openFlags(deps: { db: Database; now: () => number }): Flags {
  const domain = `daftari-${(opened += 1)}`;
  const ready = OpenFeature.setProviderAndWait(domain, postgresProvider(deps));
  const client: Client = OpenFeature.getClient(domain);
  const isOn: Flags['isOn'] = async (tenantId, key) => {
    await ready;
    return client.getBooleanValue(key, false, { targetingKey: tenantId });
  };
  return {
    isOn,
    async pinned<Key extends string>(tenantId: TenantId, keys: readonly Key[]) {
      const values = await Promise.all(keys.map((key) => isOn(tenantId, key)));
      const pairs = keys.map((key, index) => [key, values[index] === true] as const);
      return Object.fromEntries(pairs) as Record<Key, boolean>;
    },
  };
}

function postgresProvider(deps: { db: Database; now: () => number }): Provider {
  const flagsIn = lastKnown(deps.now, () => readFlags(deps.db));
  const note = openFlagNotes(deps);
  const tenants = new Map<TenantId, () => Promise<FlagFacts | undefined>>();
  const factsOf = (tenantId: TenantId) => {
    if (tenants.size >= tenantsMax) tenants.clear();
    const read = () => readFlagFacts(deps.db, tenantId, deps.now());
    const known = tenants.get(tenantId) ?? lastKnown(deps.now, read);
    tenants.set(tenantId, known);
    return known();
  };
  return {
    metadata: { name: 'postgresql' },
    runsOn: 'server',
    resolveBooleanEvaluation: async (key, _default, context) =>
      resolve({ key, context, flagsIn: await flagsIn(), factsOf, note }),
    resolveStringEvaluation: async (_key, value) => onlyBooleans(value),
    resolveNumberEvaluation: async (_key, value) => onlyBooleans(value),
    resolveObjectEvaluation: async <T extends JsonValue>(_key: string, value: T) =>
      onlyBooleans(value),
  };
}

/** The flags of an environment, and by the key of each what is asked about with it: all it needs. */
interface KnownFlags {
  flags: readonly StoredFlag[];
  withNeeds: ReadonlyMap<string, ReadonlySet<string>>;
}

async function readFlags(db: Database): Promise<ReadonlyMap<TenantEnvironment, KnownFlags>> {
  const byEnvironment = Map.groupBy(await listFlags(db), ({ environment }) => environment);
  return new Map(
    [...byEnvironment].map(([environment, flags]) => {
      const byKey = new Map(flags.map((one) => [one.key, one]));
      const withNeeds = new Map(flags.map(({ key }) => [key, withAllNeeds(key, byKey)]));
      return [environment, { flags, withNeeds }];
    }),
  );
}

function onlyBooleans<T>(value: T): ResolutionDetails<T> {
  return { value, errorCode: ErrorCode.TYPE_MISMATCH, reason: StandardResolutionReasons.ERROR };
}

async function resolve(question: {
  key: string;
  context: EvaluationContext;
  flagsIn: ReadonlyMap<TenantEnvironment, KnownFlags>;
  factsOf: (tenantId: TenantId) => Promise<FlagFacts | undefined>;
  note: ReturnType<typeof openFlagNotes>;
}): Promise<ResolutionDetails<boolean>> {
  const { key, context, flagsIn, factsOf, note } = question;
  const tenantId = id('tenant', context.targetingKey ?? '');
  const facts = await factsOf(tenantId);
  if (facts === undefined) return { value: false, errorCode: ErrorCode.FLAG_NOT_FOUND };
  const here = flagsIn.get(facts.environment);
  const verdict = here && evaluateFlags(here.flags, facts).get(key);
  if (here === undefined || verdict === undefined) {
    return { value: false, errorCode: ErrorCode.FLAG_NOT_FOUND };
  }
  await note(facts.environment, here.withNeeds.get(key) ?? []);
  const { isOn, reason } = verdict;
  return { value: isOn, reason, variant: isOn ? 'on' : 'off' };
}

/** Reads again after a few seconds; while reading fails, what was read last stays good. */
function lastKnown<T>(now: () => number, read: () => Promise<T>): () => Promise<T> {
  let known: { value: T; atMs: number } | undefined;
  return async () => {
    if (known !== undefined && now() - known.atMs < rememberedMs) return known.value;
    try {
      known = { value: await read(), atMs: now() };
    } catch (error) {
      if (known === undefined) throw error;
    }
    return known.value;
  };
}
