/** The column mapper's form, as data: what a person chose so far and whether it is enough. */
import type { ColumnMappingBody, MappingProposal } from '../../../api/statements/mapping-schema.ts';

export const mappedFields = [
  'completionTime',
  'timeOfDay',
  'details',
  'receipt',
  'paidIn',
  'withdrawn',
  'amount',
  'balance',
  'status',
  'counterparty',
  'accountReference',
] as const;
export type MappedField = (typeof mappedFields)[number];

export type Draft = Omit<ColumnMappingBody, 'columns'> & {
  /** '' where no column is chosen. */
  columns: Record<MappedField, string>;
};

const noColumns: Record<MappedField, string> = {
  completionTime: '',
  timeOfDay: '',
  details: '',
  receipt: '',
  paidIn: '',
  withdrawn: '',
  amount: '',
  balance: '',
  status: '',
  counterparty: '',
  accountReference: '',
};

/** Starts from our proposal, or from nothing but the header. */
export function draftOf(proposal: MappingProposal): Draft {
  const { proposed, headerRow, delimiter } = proposal;
  if (proposed === null) {
    return {
      headerRow,
      delimiter,
      dateOrder: 'day-first',
      signRule: 'negative-is-out',
      columns: { ...noColumns },
    };
  }
  const columns = { ...noColumns };
  for (const field of mappedFields) columns[field] = proposed.columns[field] ?? '';
  return { ...proposed, columns };
}

/** The first thing still missing, as a catalogue key; undefined when the mapping can be tried. */
export function missingIn(draft: Draft): 'time' | 'details' | 'amount' | undefined {
  const { columns } = draft;
  if (columns.completionTime === '') return 'time';
  if (columns.details === '') return 'details';
  const hasPair = columns.paidIn !== '' && columns.withdrawn !== '';
  return columns.amount === '' && !hasPair ? 'amount' : undefined;
}

/** The mapping to send: chosen columns only. */
export function mappingOf(draft: Draft): ColumnMappingBody {
  const { completionTime, details, ...others } = draft.columns;
  const chosen = Object.fromEntries(Object.entries(others).filter(([, column]) => column !== ''));
  return { ...draft, columns: { ...chosen, completionTime, details } };
}
