/**
 * The one door from the product to Temporal. It starts runs idempotently, asks running ones by
 * Update, and turns every expected outcome of the service into a value; callers never see gRPC.
 */
import {
  Client,
  Connection,
  defaultGrpcRetryOptions,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WithStartWorkflowOperation,
  type ConnectionLike,
  type WorkflowClientInterceptor,
} from '@temporalio/client';
import { TypedSearchAttributes, type DataConverter, type Priority } from '@temporalio/common';
import type {
  CategorisedSignal,
  MappingVerdict,
  PasswordVerdict,
  ProvideMappingInput,
  ProvidePasswordInput,
  ReviewStatementInput,
  ReviewVerdict,
  Tier,
  WorkflowStart,
} from '../workflows/types.ts';
import type { BreachId, TenantId } from '../domain/ids.ts';
import { runKinds, type RunKind } from './run-kinds.ts';
import { houseTenant } from './schedules.ts';
import { businessStatusKey, tenantIdKey } from './search-attributes.ts';
import { breachWorkflowId } from './workflow-ids.ts';

export type StartOutcome =
  | { kind: 'started'; runId: string }
  /** A run with this id is running or has finished: the start had no effect and needs none. */
  | { kind: 'already-started' }
  /** Temporal did not answer; the outbox row stays and the relay starts it later. */
  | { kind: 'unavailable' };

export type UpdateOutcome<Verdict> =
  | { kind: 'answered'; verdict: Verdict }
  /** The run is not waiting for this now; nothing happened. */
  | { kind: 'not-waiting' }
  /** The deadline passed; the run may still take it. The same request id may be sent again. */
  | { kind: 'pending' }
  /** No such run, or it has finished. */
  | { kind: 'closed' }
  | { kind: 'unavailable' };

/** What is said to a run: the name of the Update or Signal, and its one argument. */
export interface Message {
  name: string;
  input: object;
}

export type MessageOutcome = 'delivered' | 'closed' | 'unavailable';

/** Who asks: the run and a request id, which makes a repeated Update return the first verdict. */
export interface UpdateTarget {
  workflowId: string;
  requestId: string;
}

export interface TemporalGateway {
  /** Starts what an outbox row of kind `workflow` describes (`sealedTicket` already opened). */
  start(start: WorkflowStart): Promise<StartOutcome>;
  providePassword(
    target: UpdateTarget,
    input: ProvidePasswordInput,
  ): Promise<UpdateOutcome<PasswordVerdict>>;
  provideMapping(
    target: UpdateTarget,
    input: ProvideMappingInput,
  ): Promise<UpdateOutcome<MappingVerdict>>;
  reviewStatement(
    target: UpdateTarget,
    input: ReviewStatementInput,
  ): Promise<UpdateOutcome<ReviewVerdict>>;
  /** Sends an Update by name and waits for its verdict. */
  ask<Verdict>(target: UpdateTarget, update: Message): Promise<UpdateOutcome<Verdict>>;
  /** Starts the run unless it exists, and sends it an Update in the same call. */
  startAndAsk<Verdict>(
    start: WorkflowStart,
    update: Message & { requestId: string },
  ): Promise<UpdateOutcome<Verdict>>;
  /** Sends a Signal by name; it waits for the run when no worker is up. */
  tell(workflowId: string, signal: Message): Promise<MessageOutcome>;
  /** Tells a run that the categorizer is done; harmless when repeated or late. */
  signalCategorised(workflowId: string, signal: CategorisedSignal): Promise<MessageOutcome>;
  /** Starts the run that watches a breach unless there is one, and has it look again. */
  lookAtBreach(breachId: BreachId): Promise<MessageOutcome>;
  /** Asks a run to stop; it ends as abandoned unless posting has begun. */
  cancel(workflowId: string): Promise<MessageOutcome>;
  /** Ids of all runs of a tenant that have not ended; throws when it cannot be told. */
  openRuns(tenantId: TenantId): Promise<string[]>;
  /** Ends a run at once, whatever it is doing. */
  terminate(workflowId: string, reason: string): Promise<MessageOutcome>;
  /** Where operators see the run. */
  runUrl(workflowId: string): string;
  /** True when the service answers. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

export interface GatewayOptions {
  address: string;
  namespace: string;
  uiUrl: string;
  dataConverter: DataConverter;
  interceptors?: WorkflowClientInterceptor[];
  /** An existing connection (tests); the gateway then leaves closing it to its owner. */
  connection?: ConnectionLike;
  /** How long an Update may take before the caller is told `pending`. */
  updateDeadlineMs?: number;
  /** How long a start, signal or cancel may take before it is `unavailable`. */
  requestDeadlineMs?: number;
}

const fairnessWeights: Record<Tier, number> = { starter: 1, pro: 3, enterprise: 10 };

/**
 * Opens the gateway. Connecting is lazy: an unreachable service shows as `unavailable` outcomes,
 * so that the API starts and takes uploads without Temporal.
 */
export function openTemporalGateway(options: GatewayOptions): TemporalGateway {
  const ownConnection = options.connection ? undefined : connectLazily(options.address);
  const connection = options.connection ?? ownConnection;
  if (connection === undefined) throw new Error('a gateway needs a connection');
  const client = new Client({
    connection,
    namespace: options.namespace,
    dataConverter: options.dataConverter,
    interceptors: { workflow: options.interceptors ?? [] },
  });
  return {
    start: (start) => startRun(client, options, start),
    ...updatesOf(client, options),
    ...messagesOf(client, options),
    runUrl: (workflowId) => runUrl(options, workflowId),
    ping: () => ping(client, options),
    close: async () => ownConnection?.close(),
  };
}

/** Callers wait for seconds, not for ten retries; whoever must not give up asks again. */
function connectLazily(address: string): Connection {
  const retries = makeGrpcRetryInterceptor(defaultGrpcRetryOptions({ maxAttempts: 3 }));
  return Connection.lazy({ address, connectTimeout: 2_000, interceptors: [retries] });
}

/** Link of a run in the Temporal UI; needs no connection. */
export function runUrl(
  ui: Pick<GatewayOptions, 'uiUrl' | 'namespace'>,
  workflowId: string,
): string {
  const base = ui.uiUrl.replace(/\/$/, '');
  return `${base}/namespaces/${ui.namespace}/workflows/${encodeURIComponent(workflowId)}`;
}

/** Fairness between tenants, weighed by plan; `urgency` as in the table of run kinds. */
export function priorityOf(tenantId: string, tier: Tier, urgency: 2 | 3 | 4 = 3): Priority {
  return { priorityKey: urgency, fairnessKey: tenantId, fairnessWeight: fairnessWeights[tier] };
}

async function startRun(
  client: Client,
  options: GatewayOptions,
  request: WorkflowStart,
): Promise<StartOutcome> {
  try {
    const handle = await withDeadline(client, requestDeadline(options), () =>
      client.workflow.start(request.workflow, {
        ...startOptions(request),
        workflowIdConflictPolicy: 'FAIL',
      }),
    );
    return { kind: 'started', runId: handle.firstExecutionRunId };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { kind: 'already-started' };
    if (isUnavailable(error)) return { kind: 'unavailable' };
    throw error;
  }
}

/** A run that belongs to no tenant is the house's own. */
function ownerOf({ input }: WorkflowStart): string {
  return 'tenantId' in input ? input.tenantId : houseTenant;
}

function startOptions(request: WorkflowStart) {
  const tenantId = ownerOf(request);
  const kind: RunKind = runKinds[request.workflow];
  const { queue, reuse, urgency } = kind;
  return {
    workflowId: request.workflowId,
    taskQueue: queue,
    args: [request.input] satisfies [WorkflowStart['input']],
    workflowIdReusePolicy: reuse,
    typedSearchAttributes: searchableAs(tenantId, kind),
    priority: priorityOf(tenantId, request.tier, urgency),
    staticSummary: request.summary,
    staticDetails: request.details ?? `Tenant \`${tenantId}\`.`,
  };
}

function searchableAs(tenantId: string, { beginsAs }: RunKind): TypedSearchAttributes {
  const status = beginsAs === undefined ? [] : [{ key: businessStatusKey, value: beginsAs }];
  return new TypedSearchAttributes([{ key: tenantIdKey, value: tenantId }, ...status]);
}

type Updates = Pick<
  TemporalGateway,
  'ask' | 'startAndAsk' | 'providePassword' | 'provideMapping' | 'reviewStatement'
>;

function updatesOf(client: Client, options: GatewayOptions): Updates {
  const send = <Verdict>(name: string, target: UpdateTarget, input: object) =>
    sendUpdate<Verdict>({ client, options, name }, target, input);
  return {
    ask: (target, { name, input }) => send(name, target, input),
    startAndAsk: (start, update) => startAndAsk({ client, options }, start, update),
    providePassword: (target, input) => send('providePassword', target, input),
    provideMapping: (target, input) => send('provideMapping', target, input),
    reviewStatement: (target, input) => send('reviewStatement', target, input),
  };
}

interface Via {
  client: Client;
  options: GatewayOptions;
}

async function sendUpdate<Verdict>(
  via: Via & { name: string },
  target: UpdateTarget,
  input: object,
): Promise<UpdateOutcome<Verdict>> {
  const handle = via.client.workflow.getHandle(target.workflowId);
  return verdictOf(via, () =>
    handle.executeUpdate<Verdict, [object]>(via.name, {
      args: [input],
      updateId: `${via.name}/${target.requestId}`,
    }),
  );
}

function startAndAsk<Verdict>(
  via: Via,
  start: WorkflowStart,
  update: Message & { requestId: string },
): Promise<UpdateOutcome<Verdict>> {
  const operation = new WithStartWorkflowOperation(start.workflow, {
    ...startOptions(start),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  return verdictOf(via, () =>
    via.client.workflow.executeUpdateWithStart<
      (input: WorkflowStart['input']) => Promise<unknown>,
      Verdict,
      [object]
    >(update.name, {
      startWorkflowOperation: operation,
      args: [update.input],
      updateId: `${update.name}/${update.requestId}`,
    }),
  );
}

async function verdictOf<Verdict>(
  { client, options }: Via,
  send: () => Promise<Verdict>,
): Promise<UpdateOutcome<Verdict>> {
  const deadlineMs = options.updateDeadlineMs ?? 20_000;
  try {
    return { kind: 'answered', verdict: await withDeadline(client, deadlineMs, send) };
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return { kind: 'not-waiting' };
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return { kind: 'pending' };
    if (error instanceof WorkflowNotFoundError) return { kind: 'closed' };
    // With a start: a run of this id has finished, and its kind is started once.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { kind: 'closed' };
    if (isUnavailable(error)) return { kind: 'unavailable' };
    throw error;
  }
}

type Messages = Pick<
  TemporalGateway,
  'tell' | 'signalCategorised' | 'lookAtBreach' | 'cancel' | 'terminate' | 'openRuns'
>;

function messagesOf(client: Client, options: GatewayOptions): Messages {
  const deliver = (send: () => Promise<unknown>) => deliverMessage(client, options, send);
  const tell: Messages['tell'] = (workflowId, { name, input }) =>
    deliver(() => client.workflow.getHandle(workflowId).signal<[object]>(name, input));
  return {
    tell,
    signalCategorised: (workflowId, input) => tell(workflowId, { name: 'categorised', input }),
    async lookAtBreach(breachId) {
      const start = breachStart(breachId);
      await startRun(client, options, start);
      return tell(start.workflowId, { name: 'lookAgain', input: {} });
    },
    cancel: (workflowId) => deliver(() => client.workflow.getHandle(workflowId).cancel()),
    terminate: (workflowId, reason) =>
      deliver(() => client.workflow.getHandle(workflowId).terminate(reason)),
    async openRuns(tenantId) {
      const query = `TenantId = '${tenantId}' and ExecutionStatus = 'Running'`;
      const found: string[] = [];
      for await (const { workflowId } of client.workflow.list({ query })) found.push(workflowId);
      return found;
    },
  };
}

function breachStart(breachId: BreachId): WorkflowStart {
  const workflowId = breachWorkflowId(breachId);
  const facts = { workflowId, tier: 'starter', summary: 'A breach of personal data' } as const;
  return { ...facts, workflow: 'watchBreach', input: { breachId } };
}

async function deliverMessage(
  client: Client,
  options: GatewayOptions,
  send: () => Promise<unknown>,
): Promise<MessageOutcome> {
  try {
    await withDeadline(client, requestDeadline(options), send);
    return 'delivered';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'closed';
    if (isUnavailable(error)) return 'unavailable';
    throw error;
  }
}

async function ping(client: Client, options: GatewayOptions): Promise<boolean> {
  try {
    await withDeadline(client, 2_000, () =>
      client.workflowService.describeNamespace({ namespace: options.namespace }),
    );
    return true;
  } catch {
    // Whatever the reason, the service is not usable now; the caller shows "not ready".
    return false;
  }
}

function requestDeadline(options: GatewayOptions): number {
  return options.requestDeadlineMs ?? 5_000;
}

function withDeadline<Result>(
  client: Client,
  milliseconds: number,
  work: () => Promise<Result>,
): Promise<Result> {
  return client.withDeadline(Date.now() + milliseconds, work);
}

// gRPC: CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE.
const unavailableCodes: ReadonlySet<number> = new Set([1, 4, 8, 14]);

function isUnavailable(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isGrpcServiceError(cause) && unavailableCodes.has(cause.code)) return true;
    if (cause.message.startsWith('Failed to connect before the deadline')) return true;
  }
  return false;
}
