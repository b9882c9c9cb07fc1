/**
 * Starts a twin of Daraja inside this process: the provider's APIs, its own book, and an admin side
 * under `/twin`. Nothing is kept when it closes unless a data file is named.
 */
import type { AddressInfo } from 'node:net';
import { addUsualOrganisations } from './defaults.ts';
import type { FaultRule } from './faults/effects.ts';
import { createTwinServer } from './http/server.ts';
import { keepSaving, readSaved, restore } from './data-file.ts';
import { createKeys, restoreKeys } from './keys.ts';
import type { Settings } from './settings.ts';
import { createWorld } from './world.ts';
import type { World } from './world.ts';

export interface TwinOptions {
  /** 0 takes any free port. */
  port?: number;
  /** The address to listen on; this machine only unless said otherwise. */
  host?: string;
  seed?: number;
  clock?: 'real' | 'virtual';
  rules?: readonly FaultRule[];
  /** Every answer waits this long. */
  latencyMs?: number;
  settings?: Partial<Settings>;
  logSize?: number;
  /** A JSON file that keeps the book from one start to the next. */
  dataFile?: string;
}

export interface DarajaTwin {
  /** What `DARAJA_BASE_URL` has to be. */
  url: string;
  /** The root of the admin API. */
  adminUrl: string;
  /** What security credentials have to be encrypted for. */
  certificatePem: string;
  /** For tests in the same process. */
  world: World;
  close(): Promise<void>;
}

export async function startDarajaTwin(options: TwinOptions = {}): Promise<DarajaTwin> {
  const { port = 0, host = '127.0.0.1', seed = 1, clock = 'real', rules = [] } = options;
  const { dataFile } = options;
  const saved = dataFile === undefined ? undefined : await readSaved(dataFile);
  const keys = saved === undefined ? await createKeys() : restoreKeys(saved.privateKeyPem);
  const settings = {
    ...options.settings,
    ...(options.latencyMs !== undefined && { latencyMs: options.latencyMs }),
  };
  const size = options.logSize === undefined ? {} : { logSize: options.logSize };
  const world = createWorld({ seed, clock, rules, settings, keys, ...size });
  if (saved === undefined) addUsualOrganisations(world.book);
  else restore(world, saved);
  const server = createTwinServer(world);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => resolve());
  });
  const stopSaving = dataFile === undefined ? undefined : keepSaving(world, dataFile);
  const { port: bound } = server.address() as AddressInfo;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  return {
    url,
    adminUrl: `${url}/twin`,
    certificatePem: keys.certificatePem,
    world,
    close: async () => {
      world.clock.clear();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await world.courier.close();
      await stopSaving?.();
    },
  };
}
