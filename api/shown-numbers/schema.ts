import { z } from 'zod';

export const shownNumber = z
  .strictObject({ msisdn: z.string().describe('Twelve digits; not to be kept') })
  .meta({ id: 'ShownNumber' });
export type ShownNumber = z.infer<typeof shownNumber>;
