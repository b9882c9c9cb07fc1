import { isReference } from '../../../domain/collections/request.ts';

/** Whether the prompt has room for a reference, and can show it. */
export function fitsPrompt(reference: string): boolean {
  return isReference(reference.trim());
}
