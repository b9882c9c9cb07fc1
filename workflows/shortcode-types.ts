/** Inputs and results of the runs that try a shortcode out. */
import type { ShortcodeId, TenantId } from '../domain/ids.ts';
import type { StartFacts } from './types.ts';

export interface CheckShortcodeInput {
  tenantId: TenantId;
  shortcodeId: ShortcodeId;
  checkId: string;
  /** `test` asks Daraja everything that moves no money; `register` gives it the C2B addresses. */
  kind: 'test' | 'register';
  /** How long the answer to the balance question may take, in milliseconds. */
  callbackWaitMs: number;
}

export interface CheckShortcodeResult {
  status: 'passed' | 'failed';
}

/** The answer to the balance question came; its code says whether the initiator is good. */
export interface BalanceToldSignal {
  code: string;
}

export type ShortcodeStart = StartFacts & {
  workflow: 'checkShortcode';
  input: CheckShortcodeInput;
};
