import { id } from '../../domain/ids.ts';
import {
  maintenanceWorkflowId,
  scheduleId,
  rowChangeWorkflowId,
  statementUndoWorkflowId,
  statementWorkflowId,
} from '../../temporal/workflow-ids.ts';

const tenantId = id('tenant', '018f3b6e-0000-7000-8000-000000000001');
const statementId = id('statement', '018f3b6e-0000-7000-8000-000000000002');
const sha256 = 'ab'.repeat(32);

describe('workflow ids', () => {
  test('a statement is known by its tenant and the bytes of its file', () => {
    expect(statementWorkflowId({ tenantId, sha256, attempt: 1 })).toBe(
      `statement/${tenantId}/${sha256}`,
    );
  });

  test('a later attempt at the same file is a run of its own', () => {
    expect(statementWorkflowId({ tenantId, sha256, attempt: 2 })).toBe(
      `statement/${tenantId}/${sha256}/r2`,
    );
  });

  test.each([
    ['upper case', 'AB'.repeat(32), 1],
    ['short', 'ab', 1],
    ['with a path in it', `${'ab'.repeat(31)}/x`, 1],
    ['attempt zero', sha256, 0],
    ['half an attempt', sha256, 1.5],
  ])('%s is refused', (_name, hash, attempt) => {
    expect(() => statementWorkflowId({ tenantId, sha256: hash, attempt })).toThrow();
  });

  test('an undo, a schedule and a maintenance run are known by what they are about', () => {
    expect(statementUndoWorkflowId({ tenantId, statementId })).toBe(
      `statement-undo/${tenantId}/${statementId}`,
    );
    const changeId = id('rowChange', statementId);
    expect(rowChangeWorkflowId({ tenantId, changeId, deed: 'take-back' })).toBe(
      `row-change/${tenantId}/${changeId}/take-back`,
    );
    expect(scheduleId('outbox')).toBe('sched/outbox');
    expect(maintenanceWorkflowId('outbox')).toBe('maintenance/outbox');
  });
});
