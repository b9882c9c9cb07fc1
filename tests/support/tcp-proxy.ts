/** A proxy between the product and a service, so that a test can cut, stall or slow the line. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { Transform } from 'node:stream';

export interface TcpProxy {
  port: number;
  /** Cuts every connection and refuses new ones until `mend`. */
  cut(): void;
  /** Lets nothing through, but keeps connections open, until `mend`. */
  stall(): void;
  /** Lets every piece of bytes wait, in both directions, also on connections that are open. */
  slow(latencyMs: number): void;
  /**
   * Resets the next connection that says `word`: before the service hears it, or once the service has
   * answered, which then nobody hears. Answers how many were reset since.
   */
  resetAt(word: string, when: 'before' | 'after'): () => number;
  mend(): void;
  close(): Promise<void>;
}

interface Trap {
  word: string;
  when: 'before' | 'after';
  sprung: number;
}

export async function openTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const line: { state: 'open' | 'cut' | 'stalled'; latencyMs: number; trap: Trap | undefined } = {
    ...{ state: 'open', latencyMs: 0, trap: undefined },
  };
  /** Hands on what one side said, unless it springs the trap. */
  const passing = (heard: (bytes: Buffer) => boolean) =>
    new Transform({
      transform(bytes: Buffer, _encoding, done) {
        if (!heard(bytes)) return;
        if (line.latencyMs === 0) done(null, bytes);
        else setTimeout(() => done(null, bytes), line.latencyMs);
      },
    });
  const server = createServer((client) => {
    if (line.state === 'cut') return void client.destroy();
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
      if (line.state === 'stalled') socket.pause();
    }
    let isDoomed = false;
    const reset = () => {
      client.resetAndDestroy();
      return false;
    };
    const asked = passing((bytes) => {
      const { trap } = line;
      if (trap === undefined || trap.sprung > 0 || !bytes.includes(trap.word)) return true;
      trap.sprung += 1;
      isDoomed = true;
      return trap.when === 'after' || reset();
    });
    const answered = passing(() => !isDoomed || reset());
    client.pipe(asked).pipe(upstream).pipe(answered).pipe(client);
    return undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      line.state = 'cut';
      for (const socket of sockets) socket.destroy();
    },
    stall() {
      line.state = 'stalled';
      for (const socket of sockets) socket.unpipe().pause();
    },
    slow(latencyMs) {
      line.latencyMs = latencyMs;
    },
    resetAt(word, when) {
      const trap: Trap = { word, when, sprung: 0 };
      line.trap = trap;
      return () => trap.sprung;
    },
    mend() {
      // What was stalled is cut: its bytes are gone, as on a line that went bad.
      if (line.state === 'stalled') for (const socket of sockets) socket.destroy();
      Object.assign(line, { state: 'open', latencyMs: 0, trap: undefined });
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
