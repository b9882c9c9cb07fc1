import { keepPreviousData, useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { Customer, CustomerPaymentView } from '../../../api/customers/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { usePagedList } from '../payments/usePagedList.ts';
import { request } from '../request.ts';

export const filterNames = ['q', 'isArchived'] as const;
export type CustomerFilters = Record<(typeof filterNames)[number], string>;

/** Customers, newest first, with what each has in credit. */
export function useCustomers(filters: Ref<CustomerFilters>) {
  return usePagedList<Customer>(
    ['customers', 'screen'],
    computed(() => '/v1/customers'),
    { query: filters },
  );
}

const choicesMax = 25;

/** The customers that fit what is typed, or the newest ones, for a field that takes one of them. */
export function useCustomerChoices(asked: Ref<string>) {
  const query = useQuery({
    queryKey: ['customers', 'choices', asked],
    queryFn: ({ signal }) =>
      request<{ data: Customer[] }>('/v1/customers', {
        query: { limit: choicesMax, q: asked.value === '' ? undefined : asked.value },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
  return {
    choices: computed(() => query.data.value?.data ?? []),
    isLoading: query.isFetching,
  };
}

/** The customer an address names; null where it names none, or none that is there. */
export function useNamedCustomer(customerId: Ref<string>) {
  const query = useQuery({
    queryKey: ['customers', 'one', customerId],
    queryFn: ({ signal }) => request<Customer>(`/v1/customers/${customerId.value}`, { signal }),
    enabled: () => customerId.value !== '',
  });
  return computed(() => query.data.value ?? null);
}

/** One customer, and what they paid. */
export function useCustomer(customerId: Ref<string>) {
  const query = useQuery({
    queryKey: ['customers', 'one', customerId],
    queryFn: ({ signal }) => request<Customer>(`/v1/customers/${customerId.value}`, { signal }),
  });
  const payments = usePagedList<CustomerPaymentView>(
    ['customers', 'payments'],
    computed(() => `/v1/customers/${customerId.value}/payments`),
    { query: computed(() => ({})) },
  );
  return {
    customer: query.data,
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
    payments,
  };
}
