/** What travels when somebody signs in at another service. */
import { z } from 'zod';

export const oidcAsk = z
  .strictObject({ provider: z.string().max(32).describe('An id of /v1/environment') })
  .meta({ id: 'OidcAsk' });

export const oidcAddress = z
  .strictObject({ url: z.string().describe('Where to send the browser') })
  .meta({ id: 'OidcAddress' });

/** What the provider put into the address it sent the browser back to. */
export const oidcReturn = z
  .strictObject({
    state: z.uuid(),
    code: z.string().min(1).max(4096),
    iss: z.string().max(2048).optional(),
  })
  .meta({ id: 'OidcReturn' });
