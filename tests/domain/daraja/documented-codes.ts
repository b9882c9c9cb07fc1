/**
 * What Daraja's documentation says of its codes, as facts: `paid` moved money, `final` moved none and
 * will not, `ask` decides nothing. `waitS` is the least time before another attempt; `fix` is for
 * codes that need somebody to change settings.
 */
export interface DocumentedCode {
  code: string;
  end: 'paid' | 'final' | 'ask';
  waitS?: number;
  fix?: true;
}

const finals = (...codes: readonly string[]): DocumentedCode[] =>
  codes.map((code) => ({ code, end: 'final' }));
const asks = (...codes: readonly string[]): DocumentedCode[] =>
  codes.map((code) => ({ code, end: 'ask' }));
const fixes = (...codes: readonly string[]): DocumentedCode[] =>
  codes.map((code) => ({ code, end: 'final', fix: true }));
const waits = (waitS: number, ...codes: readonly string[]): DocumentedCode[] =>
  codes.map((code) => ({ code, end: 'final', waitS }));

const success: DocumentedCode = { code: '0', end: 'paid' };

/** By family; the codes of a reversal are its own two and those of every initiator call. */
export const documentedCodes = {
  stk: [
    success,
    ...finals('1', '2', '3', '1019', '1031', '1032', '1037', '2001', '8006'),
    ...[...waits(86_400, '4'), ...waits(120, '17'), ...waits(30, '26'), ...waits(60, '1001')],
    ...waits(60, '1025', '9999'),
    ...fixes('8', '2028', 'SFC_IC0003'),
    ...asks('1036', '4999'),
  ],
  initiator: [
    success,
    ...finals('1', '2', '3', '8', '2040', 'SFC_IC0003'),
    ...[...waits(86_400, '4'), ...waits(120, '17'), ...waits(30, '26')],
    ...fixes('11', '18', '19', '20', '21', '22', '24', '25', '29', '2001', '2006', '2028', '8006'),
    ...asks('15', '100000000', '100000004', '100000007', '100000009'),
    ...waits(60, '100000001', '100000002', '100000011'),
    ...fixes('100000005', '100000010'),
  ],
  reversal: [success, ...asks('R000001', '15'), ...finals('R000002', '1'), ...fixes('11', '21')],
  validation: finals('C2B00011', 'C2B00012', 'C2B00013', 'C2B00014', 'C2B00015', 'C2B00016'),
  gateway: [
    ...finals('400.002.02', '400.002.05', '400.003.02', '400.003.01', '401.002.01', '401.003.01'),
    ...finals('404.001.03', '400.008.01', '400.008.02', '404.001.01', '404.002.01', '404.003.01'),
    ...finals('404.001.04', '405.001'),
    ...asks('500.001.1001', '500.002.1001', '500.003.1001'),
    ...waits(60, '500.003.02', '500.003.03'),
  ],
} as const satisfies Record<string, readonly DocumentedCode[]>;

/** Codes of ours, and codes met in the field that the documentation does not name. */
export const otherCodes: Readonly<Record<string, readonly string[]>> = {
  stk: ['not-in-pull'],
  initiator: ['2002'],
  gateway: ['400.001', '401.001'],
};
