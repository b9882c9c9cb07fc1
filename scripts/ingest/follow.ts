/** Sends one file and follows its run until it is over or waits for something we do not have. */
import { mappingAccepted, mappingProposal } from '../../api/statements/mapping-schema.ts';
import {
  acceptedStatement,
  passwordVerdict,
  statement as statementSchema,
  type Statement,
} from '../../api/statements/schema.ts';
import { followStatement, type Lock, type StatementRun } from '../../sdk/follow-statement.ts';
import type { Client } from './client.ts';

export interface FileToSend {
  fileName: string;
  bytes: Uint8Array;
  password: string | undefined;
}

export interface Followed {
  statement: Statement;
  isDuplicate: boolean;
  lock: Lock;
}

export interface FollowOptions {
  acceptMapping: boolean;
  /** Told of every stage and of progress within it. */
  onStage: (stage: string) => void;
}

/** Throws `Refused` when the API does not take the file. */
export async function sendAndFollow(
  client: Client,
  file: FileToSend,
  options: FollowOptions,
): Promise<Followed> {
  const form = new FormData();
  if (file.password !== undefined) form.set('password', file.password);
  form.set('file', new Blob([new Uint8Array(file.bytes)]), file.fileName);
  const accepted = await client.post('/v1/statements', form, acceptedStatement);
  const { statement, duplicate: isDuplicate } = accepted;
  const run = runOf(client, statement);
  // A file that is sent again may have been locked the first time and come with its password now.
  const given = { password: file.password, isPasswordTried: !isDuplicate };
  const lock = await followStatement(run, { ...options, ...given });
  return { statement: await run.read(), isDuplicate, lock };
}

function runOf(client: Client, { id, operationId }: Statement): StatementRun<Statement> {
  const path = `/v1/statements/${id}`;
  return {
    read: () => client.get(path, statementSchema),
    events: (lastId) => client.events(`/v1/operations/${operationId}/events`, lastId),
    unlock: async (password) =>
      (await client.post(`${path}/password`, { password }, passwordVerdict)).accepted,
    async acceptMapping() {
      const { proposed } = await client.get(`${path}/mapping`, mappingProposal);
      if (proposed === null) return false;
      await client.post(`${path}/mapping`, { mapping: proposed }, mappingAccepted);
      return true;
    },
  };
}
