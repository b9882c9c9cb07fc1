/** Sends one file and follows its run until it is over or waits for something we do not have. */
import { z } from 'zod';
import { mappingAccepted, mappingProposal } from '../../api/statements/mapping-schema.ts';
import {
  acceptedStatement,
  passwordVerdict,
  statement as statementSchema,
  type Statement,
} from '../../api/statements/schema.ts';
import type { Client } from './client.ts';

export interface FileToSend {
  fileName: string;
  bytes: Uint8Array;
  password: string | undefined;
}

export interface Followed {
  statement: Statement;
  isDuplicate: boolean;
  /** Set when the file stays locked: it was given no password, or one that does not open it. */
  lock: 'password-needed' | 'password-wrong' | undefined;
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
  // A file that is sent again may have been locked the first time and come with its password now.
  const password = isDuplicate ? file.password : undefined;
  const run = new Run(client, statement, { ...options, password });
  const lock = await run.untilSettled(file.password !== undefined);
  return { statement: await run.read(), isDuplicate, lock };
}

const progressData = z.looseObject({
  stage: z.string(),
  done: z.int().optional(),
  total: z.int().optional(),
});

class Run {
  readonly #client: Client;
  readonly #path: string;
  readonly #eventsPath: string;
  readonly #options: FollowOptions & { password: string | undefined };
  #lastId = 0;
  #isPasswordTried = false;
  #isMapped = false;

  constructor(
    client: Client,
    statement: Statement,
    options: FollowOptions & { password: string | undefined },
  ) {
    this.#client = client;
    this.#path = `/v1/statements/${statement.id}`;
    this.#eventsPath = `/v1/operations/${statement.operationId}/events`;
    this.#options = options;
  }

  read(): Promise<Statement> {
    return this.#client.get(this.#path, statementSchema);
  }

  /** Streams end when a token does; the next one goes on after the last event seen. */
  async untilSettled(hadPassword: boolean): Promise<Followed['lock']> {
    for (;;) {
      for await (const event of this.#client.events(this.#eventsPath, this.#lastId)) {
        this.#lastId = event.id;
        if (event.type === 'finished') return undefined;
        if (event.type !== 'waiting') this.#tell(event.data);
        else if (await this.#isStuck()) return this.#lockNow(hadPassword);
      }
    }
  }

  #tell(data: unknown): void {
    const { stage, done, total } = progressData.parse(data);
    const share = done === undefined ? '' : ` ${done}${total === undefined ? '' : `/${total}`}`;
    this.#options.onStage(`${stage}${share}`);
  }

  /** An old event may tell of a wait that is long over, so the statement itself is asked. */
  async #isStuck(): Promise<boolean> {
    const { waitingFor } = await this.read();
    if (waitingFor === null) return false;
    if (waitingFor === 'password') return !(await this.#unlock());
    if (waitingFor === 'mapping') return !(await this.#map());
    return true;
  }

  async #unlock(): Promise<boolean> {
    const { password } = this.#options;
    if (password === undefined || this.#isPasswordTried) return false;
    this.#isPasswordTried = true;
    const offer = await this.#client.post(`${this.#path}/password`, { password }, passwordVerdict);
    return offer.accepted;
  }

  async #map(): Promise<boolean> {
    if (!this.#options.acceptMapping || this.#isMapped) return false;
    this.#isMapped = true;
    const path = `${this.#path}/mapping`;
    const { proposed } = await this.#client.get(path, mappingProposal);
    if (proposed === null) return false;
    await this.#client.post(path, { mapping: proposed }, mappingAccepted);
    return true;
  }

  async #lockNow(hadPassword: boolean): Promise<Followed['lock']> {
    const { waitingFor } = await this.read();
    if (waitingFor !== 'password') return undefined;
    return hadPassword ? 'password-wrong' : 'password-needed';
  }
}
