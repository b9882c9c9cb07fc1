/** Live events of whatever goes on. */
import type { Command } from './command.ts';
import { exitCodes, WrongCommand } from './command.ts';
import { untilFinished } from './follow.ts';

const feeds: readonly (readonly [shape: RegExp, feed: string])[] = [
  [/^op_[0-9a-f]{32}$/, 'operations'],
  [/^col_[0-9a-f]{32}$/, 'collections'],
];

export const tailEvents: Command = {
  name: 'events tail',
  takes: 'ID',
  says: 'events of an operation (op_…) or a collection (col_…) as they come, until it is over',
  options: [],
  async run(call) {
    const id = call.word('ID');
    const feed = feeds.find(([shape]) => shape.test(id))?.[1];
    if (feed === undefined)
      throw new WrongCommand(`"${id}" is neither an operation nor a collection`);
    await untilFinished(call.client(), `/v1/${feed}/${id}/events`, (event) => {
      const text = `${String(event.id).padStart(4)}  ${event.type}  ${JSON.stringify(event.data)}`;
      call.screen.show(event, text, String(event.id));
    });
    return exitCodes.done;
  },
};
