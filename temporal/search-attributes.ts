/** Search attributes, defined once. They are stored in clear: ids and states only. */
import { defineSearchAttributeKey } from '@temporalio/common';

export const tenantIdKey = defineSearchAttributeKey('TenantId', 'KEYWORD');
export const businessStatusKey = defineSearchAttributeKey('BusinessStatus', 'KEYWORD');
export const needsAttentionKey = defineSearchAttributeKey('NeedsAttention', 'BOOL');

/** Everything a namespace must know before the first start. */
export const searchAttributeKeys = [tenantIdKey, businessStatusKey, needsAttentionKey] as const;
