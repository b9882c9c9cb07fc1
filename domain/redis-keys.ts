/**
 * Names of everything in Redis. What belongs to a business begins with its id, so nothing of another
 * can be met under it; the rest belongs to the house.
 */
import type { TenantId } from './ids.ts';

/** The name of something of a business: `t:{tenant}:…`. */
export function tenantKey(tenantId: TenantId, ...parts: readonly string[]): string {
  return ['t', tenantId, ...parts].join(':');
}

/** The name of something of the house: `sys:…`. */
export function houseKey(...parts: readonly string[]): string {
  return ['sys', ...parts].join(':');
}

/** Where news about an operation or a collection of a business is told. */
export function operationChannel(tenantId: TenantId, operationId: string): string {
  return tenantKey(tenantId, 'operation', operationId);
}

/** Where it is told that people of a business were told something, or read it. */
export function noticesChannel(tenantId: TenantId): string {
  return tenantKey(tenantId, 'notices');
}

/** Where it is told that callbacks came in. */
export const callbackChannel = houseKey('callbacks');
