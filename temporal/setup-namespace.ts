/**
 * Brings a namespace to the state the product needs: it exists, keeps finished runs long enough for
 * people to look at, and knows our search attributes. Repeating it changes nothing.
 */
import { msToTs } from '@temporalio/common/lib/time.js';
import { setTimeout as delay } from 'node:timers/promises';
import { isGrpcServiceError, type Connection } from '@temporalio/client';
import { searchAttributeKeys } from './search-attributes.ts';

const knownWithinMs = 30_000;
const pauseMs = 200;

// gRPC status codes.
const notFound = 5;
const alreadyExists = 6;

// temporal.api.enums.v1.IndexedValueType
const indexedValueTypes = { KEYWORD: 2, BOOL: 5 } as const;

export interface NamespaceSettings {
  namespace: string;
  /** How long finished runs stay visible; the reuse policy of workflow ids looks back as far. */
  retentionDays: number;
}

/** Creates or updates the namespace, then registers the search attributes. */
export async function setupNamespace(
  connection: Connection,
  settings: NamespaceSettings,
): Promise<void> {
  const { namespace } = settings;
  const retention = msToTs(`${settings.retentionDays} days`);
  const service = connection.workflowService;
  if (await isNamespaceMissing(connection, namespace)) {
    const workflowExecutionRetentionPeriod = retention;
    await ignoring(alreadyExists, () =>
      service.registerNamespace({ namespace, workflowExecutionRetentionPeriod }),
    );
  } else {
    await service.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: retention },
    });
  }
  await registerSearchAttributes(connection, namespace);
}

/** Registers what is missing of our search attributes, one by one, because one may be there. */
export async function registerSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<void> {
  for (const { name, type } of searchAttributeKeys) {
    const searchAttributes = { [name]: indexedValueTypes[type] };
    await onceKnown(() =>
      ignoring(alreadyExists, () =>
        connection.operatorService.addSearchAttributes({ namespace, searchAttributes }),
      ),
    );
  }
}

async function isNamespaceMissing(connection: Connection, namespace: string): Promise<boolean> {
  try {
    await connection.workflowService.describeNamespace({ namespace });
    return false;
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === notFound) return true;
    throw error;
  }
}

/** A namespace just created is unknown to parts of the server for some seconds. */
async function onceKnown(work: () => Promise<void>): Promise<void> {
  for (let waited = 0; ; waited += pauseMs) {
    try {
      return await work();
    } catch (error) {
      const isUnknown = isGrpcServiceError(error) && Number(error.code) === notFound;
      if (!isUnknown || waited >= knownWithinMs) throw error;
    }
    await delay(pauseMs);
  }
}

async function ignoring(code: number, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isGrpcServiceError(error) || Number(error.code) !== code) throw error;
  }
}
