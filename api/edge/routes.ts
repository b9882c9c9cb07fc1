/** What a caller can ask about itself without anything being looked up. */
import { toPublicId } from '../../domain/ids.ts';
import { actorOf } from '../auth/principal.ts';
import { route } from '../route.ts';
import { credential } from './schema.ts';

const showCredential = route({
  method: 'get',
  path: '/v1/credential',
  tag: 'Sessions',
  summary: 'What the credential of this request is good for',
  description: 'Answered from the verified credential alone: the cheapest way to test one.',
  auth: 'profile:read',
  request: {},
  responses: { 200: { description: 'Business, actor and role', schema: credential } },
  problems: [],
  handler: async (_input, { principal }) => ({
    status: 200,
    body: {
      tenantId: toPublicId('tenant', principal.tenantId),
      actor: actorOf(principal),
      role: principal.role,
    },
  }),
});

export const edgeRoutes = [showCredential];
