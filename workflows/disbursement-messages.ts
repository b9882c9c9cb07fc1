/** What can be said to a run of money out. Never rename one. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type {
  DecideInput,
  DecideVerdict,
  PayoutState,
  ResultedSignal,
} from './disbursement-types.ts';

export const approve = defineUpdate<DecideVerdict, [DecideInput]>('approve');
export const reject = defineUpdate<DecideVerdict, [DecideInput]>('reject');
/** Calls a payout back before it is sent. */
export const callBack = defineUpdate<DecideVerdict, [DecideInput]>('callBack');
export const resulted = defineSignal<[ResultedSignal]>('resulted');
export const payoutState = defineQuery<PayoutState>('payoutState');
