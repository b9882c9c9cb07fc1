/** Lists people take along as files. */
export const listNames = [
  'transactions',
  'collections',
  'disbursements',
  'journal',
  'audit',
] as const;
export type ListName = (typeof listNames)[number];

export const fileFormats = ['csv', 'xlsx', 'pdf'] as const;
export type FileFormat = (typeof fileFormats)[number];
