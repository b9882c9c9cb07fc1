/** Follows the run of a statement until it is over or waits for something we do not have. */
import type { ServerEvent } from './server-events.ts';

/** How a statement is reached, by whatever client. */
export interface StatementRun<Seen extends { waitingFor: string | null }> {
  read(): Promise<Seen>;
  /** Events after `lastId` until the server ends the stream. */
  events(lastId: number): AsyncIterable<ServerEvent>;
  /** Offers a password; whether it opens the file. */
  unlock(password: string): Promise<boolean>;
  /** Accepts the columns that are proposed; false when none are. */
  acceptMapping(): Promise<boolean>;
}

export interface FollowOptions {
  password: string | undefined;
  /** Whether the file came with the password, so that offering it again is useless. */
  isPasswordTried: boolean;
  acceptMapping: boolean;
  /** Told of every stage and of progress within it. */
  onStage: (stage: string) => void;
}

/** Set when the file stays locked: it was given no password, or one that does not open it. */
export type Lock = 'password-needed' | 'password-wrong' | undefined;

/**
 * Waits for the end of a statement's run, and answers what its stages ask for on the way. Streams end
 * when a token does; the next one goes on after the last event seen.
 */
export async function followStatement<Seen extends { waitingFor: string | null }>(
  run: StatementRun<Seen>,
  options: FollowOptions,
): Promise<Lock> {
  const help = new Help(run, options);
  for (let lastId = 0; ;) {
    for await (const event of run.events(lastId)) {
      lastId = event.id;
      if (event.type === 'finished') return undefined;
      if (event.type !== 'waiting') options.onStage(stageOf(event.data));
      else if (await help.isNotEnough()) return help.lock();
    }
  }
}

/** A stage in words, with its progress: `parsed 500/1200`. */
function stageOf(data: unknown): string {
  const { stage, done, total } = Object(data);
  const share = done === undefined ? '' : ` ${done}${total === undefined ? '' : `/${total}`}`;
  return `${stage}${share}`;
}

/** What we have for a run that waits: a password, and leave to accept columns, each tried once. */
class Help<Seen extends { waitingFor: string | null }> {
  readonly #run: StatementRun<Seen>;
  readonly #options: FollowOptions;
  #isPasswordTried: boolean;
  #isMapped = false;

  constructor(run: StatementRun<Seen>, options: FollowOptions) {
    this.#run = run;
    this.#options = options;
    this.#isPasswordTried = options.isPasswordTried;
  }

  /** An old event may tell of a wait that is long over, so the statement itself is asked. */
  async isNotEnough(): Promise<boolean> {
    const { waitingFor } = await this.#run.read();
    if (waitingFor === null) return false;
    if (waitingFor === 'password') return !(await this.#unlock());
    if (waitingFor === 'mapping') return !(await this.#map());
    return true;
  }

  async lock(): Promise<Lock> {
    const { waitingFor } = await this.#run.read();
    if (waitingFor !== 'password') return undefined;
    return this.#options.password === undefined ? 'password-needed' : 'password-wrong';
  }

  async #unlock(): Promise<boolean> {
    const { password } = this.#options;
    if (password === undefined || this.#isPasswordTried) return false;
    this.#isPasswordTried = true;
    return this.#run.unlock(password);
  }

  async #map(): Promise<boolean> {
    if (!this.#options.acceptMapping || this.#isMapped) return false;
    this.#isMapped = true;
    return this.#run.acceptMapping();
  }
}
