import { useToast } from '@nuxt/ui/composables/useToast';
import { useMutation, useQueryClient, type InfiniteData } from '@tanstack/vue-query';
import { useI18n } from 'vue-i18n';
import type {
  CategoryChanged,
  Transaction,
  TransactionDetail,
  TransactionPage,
} from '../../../api/transactions/schema.ts';
import type { Category } from '../../../domain/categories/terms.ts';
import { useProblemSentence } from '../payments/useProblemText.ts';
import { problemIn, request } from '../request.ts';
import { announce } from '../shell/announcer.ts';
import { useWords } from '../words.ts';

interface Wish {
  row: Pick<Transaction, 'id' | 'category' | 'confidence'>;
  category: Category;
}

type Pages = InfiniteData<TransactionPage>;
type Known = Pick<Transaction, 'category' | 'confidence'>;

/**
 * Puts a row under a category. The screen shows it at once; when the server refuses, the row says
 * again what it said before, and why is told.
 */
export function useCategoryChange() {
  const { t } = useI18n();
  const problemSentence = useProblemSentence();
  const word = useWords();
  const toast = useToast();
  const queries = useQueryClient();

  function show(id: string, known: Known): void {
    queries.setQueriesData<Pages>({ queryKey: ['transactions', 'list'] }, (pages) =>
      pages === undefined ? undefined : withRow(pages, id, known),
    );
    queries.setQueryData<TransactionDetail>(['transactions', 'one', id], (row) =>
      row === undefined ? undefined : { ...row, ...known },
    );
  }

  const deed = useMutation({
    mutationFn: ({ row, category }: Wish) =>
      request<CategoryChanged>(`/v1/transactions/${row.id}/category`, {
        method: 'POST',
        json: { category, was: row.category },
        headers: { 'Idempotency-Key': crypto.randomUUID() },
      }),
    onMutate: async ({ row, category }) => {
      await queries.cancelQueries({ queryKey: ['transactions', 'one', row.id] });
      show(row.id, { category, confidence: 'certain' });
    },
    onSuccess: ({ transaction }, { row, category }) => {
      queries.setQueryData<TransactionDetail>(['transactions', 'one', row.id], transaction);
      void queries.invalidateQueries({ queryKey: ['transactions', 'history', row.id] });
      void queries.invalidateQueries({ queryKey: ['row-changes'] });
      void queries.invalidateQueries({ queryKey: ['overview'] });
      announce(t('category.changed', { category: word('category', category) }));
    },
    onError: (fault, { row: { id, category, confidence } }) => {
      const problem = problemIn(fault);
      show(id, { category, confidence });
      toast.add({
        title: t('category.refused'),
        description: problemSentence(problem),
        color: 'error',
      });
      if (problem.code === 'row-changed-meanwhile') {
        void queries.invalidateQueries({ queryKey: ['transactions'] });
      }
    },
  });

  return { choose: (row: Wish['row'], category: Category) => deed.mutate({ row, category }) };
}

function withRow(pages: Pages, id: string, known: Known): Pages {
  const holds = (page: TransactionPage): boolean => page.data.some((row) => row.id === id);
  return {
    ...pages,
    pages: pages.pages.map((page) =>
      holds(page)
        ? { ...page, data: page.data.map((row) => (row.id === id ? { ...row, ...known } : row)) }
        : page,
    ),
  };
}
