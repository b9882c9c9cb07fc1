/** Flags as operators of the house see them, and where a change of one takes two. */
import type { TenantEnvironment } from '../../db/platform-tables.ts';
import type { FlagWish } from '../../domain/flags/requests.ts';
import { id, toPublicId } from '../../domain/ids.ts';
import type { Call } from '../route.ts';

/** A flag with lists that may be changed and businesses by the ids people know. */
export function shownFlag<Flag extends FlagWish>({
  plans,
  tenants,
  languages,
  lists,
  needs,
  ...flag
}: Flag) {
  return {
    ...{ ...flag, plans: [...plans], languages: [...languages], lists: [...lists] },
    ...{ needs: [...needs], tenants: publicTenants(tenants) },
  };
}

/** Ids of businesses as they are shown. */
export function publicTenants(tenants: readonly string[]): string[] {
  return tenants.map((uuid) => toPublicId('tenant', id('tenant', uuid)));
}

/** Whether flags of this environment change only by a request that somebody else applies. */
export function demandsRequest(
  { dependencies: { config } }: Call,
  environment: TenantEnvironment,
): boolean {
  return (config.flagRequestsIn ?? ['live']).includes(environment);
}
