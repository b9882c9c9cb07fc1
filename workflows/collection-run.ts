/** One collection run: what it has heard, what people wait for, and how it shows where it stands. */
import {
  condition,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  CollectionKey,
  CollectionSteps,
  PushSteps,
  Standing,
} from '../activities/collection-steps.ts';
import { askAboutPush, recordStep, sendPush } from '../temporal/policies.ts';
import { queues } from '../temporal/queues.ts';
import { businessStatusKey, needsAttentionKey } from '../temporal/search-attributes.ts';
import {
  awaitAcceptance,
  cancelCollection,
  collectionState,
  witnessed,
} from './collection-messages.ts';
import type { Acceptance, CollectByStkInput, CollectionState } from './collection-types.ts';

/** Database steps run inside the worker: a push costs one remote activity and no more. */
export const records = proxyLocalActivities<CollectionSteps>(recordStep);
export const sending = proxyActivities<PushSteps>({ ...sendPush, taskQueue: queues.daraja });
export const asking = proxyActivities<PushSteps>({ ...askAboutPush, taskQueue: queues.daraja });

export interface CollectionRun {
  input: CollectByStkInput;
  state: CollectionState;
  /** Something was said since the collection was last settled. */
  hasNews: boolean;
  acceptance: Acceptance | undefined;
  /** Who wants it to stop. */
  cancelledBy: string | undefined;
  end: Standing | undefined;
  /** The start named the status already; runs begun before it did name it at the prompt. */
  isShown: boolean;
}

/** Registers every handler; call it before the first await, so that no early word is lost. */
export function openCollectionRun(input: CollectByStkInput): CollectionRun {
  const run: CollectionRun = {
    input,
    state: { phase: 'sending', asked: 0 },
    hasNews: false,
    acceptance: undefined,
    cancelledBy: undefined,
    end: undefined,
    isShown: workflowInfo().typedSearchAttributes.get(businessStatusKey) !== undefined,
  };
  setHandler(witnessed, () => {
    run.hasNews = true;
  });
  setHandler(collectionState, () => ({ ...run.state }));
  setHandler(awaitAcceptance, async () => {
    await condition(() => run.acceptance !== undefined || run.end !== undefined);
    return run.acceptance ?? endedEarly(run);
  });
  setHandler(cancelCollection, async ({ requestedBy }) => {
    run.cancelledBy = requestedBy;
    await condition(() => run.end !== undefined);
    return { status: run.end?.status ?? 'unknown' };
  });
  return run;
}

function endedEarly({ end }: CollectionRun): Acceptance {
  if (end === undefined || end.status === 'paid') return { kind: 'silent' };
  return { kind: 'refused', code: end.code ?? end.status, words: end.words };
}

export function keyOf({ input }: CollectionRun): CollectionKey {
  return { tenantId: input.tenantId, collectionId: input.collectionId };
}

/** Says that the phone was prompted: every write to the lists costs as much as a step of the run. */
export function showPrompt({ isShown }: CollectionRun): void {
  const words = 'The phone was prompted; waiting for the PIN.';
  if (isShown) setCurrentDetails(words);
  else show('prompted', words);
}

/** Shows a phase in words on the run's page and as `BusinessStatus` in lists. */
export function show(status: string, words: string, needsAttention?: boolean): void {
  setCurrentDetails(words);
  upsertSearchAttributes([
    { key: businessStatusKey, value: status },
    ...(needsAttention === undefined ? [] : [{ key: needsAttentionKey, value: needsAttention }]),
  ]);
}
