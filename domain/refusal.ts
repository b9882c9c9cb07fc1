/**
 * A refusal is the business saying no: a plain object that survives JSON, returned and never thrown.
 */
export interface Refusal<Code extends string = string> {
  code: Code;
  /** What happened and what to do next, in words a business user understands. */
  message: string;
}

export type Outcome<Value, Code extends string = string> =
  { ok: true; value: Value } | { ok: false; refusal: Refusal<Code> };

export function accepted<Value>(value: Value): { ok: true; value: Value } {
  return { ok: true, value };
}

export function refused<Code extends string>(
  code: Code,
  message: string,
): { ok: false; refusal: Refusal<Code> } {
  return { ok: false, refusal: { code, message } };
}
