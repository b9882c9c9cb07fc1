import { useQuery } from '@tanstack/vue-query';
import { computed, type Ref } from 'vue';
import type { Invoice, InvoiceDetail, InvoiceSummary } from '../../../api/invoices/schema.ts';
import { firstProblem } from '../first-problem.ts';
import { usePagedList } from '../payments/usePagedList.ts';
import { request } from '../request.ts';

export const filterNames = ['q', 'status', 'dueFrom', 'dueTo'] as const;
export type InvoiceFilters = Record<(typeof filterNames)[number], string>;

/** Invoices, newest first, and what of all that a filter selects is still open. */
export function useInvoices(filters: Ref<InvoiceFilters>) {
  const list = usePagedList<Invoice>(
    ['invoices', 'list'],
    computed(() => '/v1/invoices'),
    { query: filters },
  );
  const summary = useQuery({
    queryKey: ['invoices', 'summary', filters],
    queryFn: ({ signal }) =>
      request<InvoiceSummary>('/v1/invoices/summary', { query: filters.value, signal }),
  });
  return { ...list, sums: summary.data };
}

/** How soon an open invoice is read again: money may come in at any time. */
const refetchMs = 10_000;

/** One invoice with its lines and payments. */
export function useInvoice(invoiceId: Ref<string>) {
  const query = useQuery({
    queryKey: ['invoices', 'one', invoiceId],
    queryFn: ({ signal }) => request<InvoiceDetail>(`/v1/invoices/${invoiceId.value}`, { signal }),
    refetchInterval: ({ state }) => ((state.data?.openCents ?? 0) > 0 ? refetchMs : false),
  });
  return {
    invoice: query.data,
    isLoading: query.isPending,
    problem: firstProblem(query),
    retry: () => void query.refetch(),
  };
}
