import type { z } from 'zod';
import type { Collection } from '../../db/collection-record.ts';
import type { Call } from '../route.ts';
import { showCollection, type Showing } from './present.ts';
import { acceptanceOf, type Recorded } from './request-collection.ts';
import type { collection } from './schema.ts';

type Body = z.input<typeof collection>;
type Answer =
  | { status: 201; body: Body; headers: { Location: string } }
  | { status: 202; body: Body; headers: { Location: string; 'Retry-After': string } };

/** The answer to who asked for money: 201 once M-PESA has answered, 202 while that is not known. */
export async function answerAsked(
  call: Call,
  asked: (Recorded | { collection: Collection }) & Pick<Showing, 'shortcodes'>,
): Promise<Answer> {
  const { temporal } = call.dependencies;
  // What was asked before and is found again has been answered.
  const { isAnswered, collection: current } =
    'start' in asked
      ? await acceptanceOf(call.dependencies, asked)
      : { isAnswered: true, collection: asked.collection };
  const { shortcodes } = asked;
  const body = showCollection(current, { shortcodes, runUrl: temporal.runUrl });
  const Location = `/v1/collections/${body.id}`;
  return isAnswered
    ? { status: 201, body, headers: { Location } }
    : { status: 202, body, headers: { Location, 'Retry-After': '2' } };
}
