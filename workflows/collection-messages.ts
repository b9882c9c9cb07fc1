/** What can be said to a running collection. Never rename one. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type {
  Acceptance,
  CancelCollectionInput,
  CancelVerdict,
  CollectionState,
  WitnessedSignal,
} from './collection-types.ts';

export const awaitAcceptance = defineUpdate<Acceptance, [object]>('awaitAcceptance');
export const cancelCollection = defineUpdate<CancelVerdict, [CancelCollectionInput]>(
  'cancelCollection',
);
export const witnessed = defineSignal<[WitnessedSignal]>('witnessed');
export const collectionState = defineQuery<CollectionState>('collectionState');
