/** Names and shapes of what can be said to a running workflow. Never rename one. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type {
  CategorisedSignal,
  IngestState,
  MappingVerdict,
  PasswordVerdict,
  ProvideMappingInput,
  ProvidePasswordInput,
  ReviewStatementInput,
  ReviewVerdict,
} from './types.ts';

export const providePassword = defineUpdate<PasswordVerdict, [ProvidePasswordInput]>(
  'providePassword',
);
export const provideMapping = defineUpdate<MappingVerdict, [ProvideMappingInput]>('provideMapping');
export const reviewStatement = defineUpdate<ReviewVerdict, [ReviewStatementInput]>(
  'reviewStatement',
);
export const categorised = defineSignal<[CategorisedSignal]>('categorised');
export const state = defineQuery<IngestState>('state');
