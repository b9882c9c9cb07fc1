import type { TenantId } from '../domain/ids.ts';
import { isWorkflowName } from '../temporal/run-kinds.ts';
import type { WorkflowStart } from '../workflows/types.ts';

/** The row is ours and was written under its tenant; this guards against a version mix-up. */
export function isWorkflowStart(value: unknown, tenantId: TenantId): value is WorkflowStart {
  if (typeof value !== 'object' || value === null) return false;
  if (!('workflow' in value && 'workflowId' in value && 'input' in value)) return false;
  const { workflow, workflowId, input } = value;
  const isOwn =
    typeof input === 'object' &&
    input !== null &&
    'tenantId' in input &&
    input.tenantId === tenantId;
  return isWorkflowName(workflow) && typeof workflowId === 'string' && isOwn;
}
