import { computed, type Ref } from 'vue';
import type { Customer } from '../../../api/customers/schema.ts';
import { usePagedList } from '../payments/usePagedList.ts';

/** Customers, newest first, with what each has in credit. */
export function useCustomers(filters: Ref<Record<'q', string>>) {
  return usePagedList<Customer>(
    ['customers', 'screen'],
    computed(() => '/v1/customers'),
    { query: filters },
  );
}
