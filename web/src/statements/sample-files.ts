/** Statements with invented figures under `web/public/samples`, for whoever has none at hand. */
export const sampleFiles = [
  { file: 'personal-locked.pdf', password: '290441' },
  { file: 'till.pdf' },
  { file: 'organisation.csv' },
  { file: 'organisation.xlsx' },
  { file: 'bank.csv' },
  { file: 'edited.pdf' },
] as const satisfies readonly { file: string; password?: string }[];
