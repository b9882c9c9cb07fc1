/** What stays when a person was forgotten, and why, in the words of the certificate. */
export const stayKinds = ['files', 'figures', 'unfinished'] as const;

export interface Stay {
  what: (typeof stayKinds)[number];
  /** How many; null where it is whatever there was. */
  count: number | null;
  why: string;
  whySw: string;
}

const reasons = {
  files: {
    why: 'Uploaded files are the papers the books rest on. The law wants them whole for seven years, and the digest that proves them would no longer fit a file that was changed. They are kept sealed.',
    whySw:
      'Faili zilizopakiwa ndizo hati ambazo vitabu vinazitegemea. Sheria inataka zihifadhiwe zima kwa miaka saba, na alama inayozithibitisha isingelingana tena na faili iliyobadilishwa. Zinahifadhiwa zikiwa zimefungwa.',
  },
  figures: {
    why: 'Amounts, dates and receipts stay under the pseudonym, because the law wants the books of seven years.',
    whySw:
      'Kiasi, tarehe na risiti vinabaki chini ya jina la badala, kwa kuwa sheria inataka vitabu vya miaka saba.',
  },
  unfinished: {
    why: 'Something still waited for these rows when the run ended: money under way, or a decision.',
    whySw:
      'Kuna kitu kilichokuwa bado kinasubiri mistari hii kazi ilipokwisha: pesa zilizo njiani, au uamuzi.',
  },
} as const;

/** What a finished request left, with the reason for each; nothing of what there was none. */
export function whatStays(done: { changed: number; keptFiles: number; leftCount: number }): Stay[] {
  const { changed, keptFiles, leftCount } = done;
  const stays: (Omit<Stay, 'why' | 'whySw'> & { isThere: boolean })[] = [
    { what: 'files', count: keptFiles, isThere: keptFiles > 0 },
    { what: 'figures', count: null, isThere: changed > 0 },
    { what: 'unfinished', count: leftCount, isThere: leftCount > 0 },
  ];
  return stays
    .filter(({ isThere }) => isThere)
    .map(({ what, count }) => ({ what, count, ...reasons[what] }));
}
