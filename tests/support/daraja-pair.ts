/** Our client and the twin of the provider, with somebody who takes the callbacks. */
import { openDaraja, type Daraja } from '../../activities/daraja/client.ts';
import { noLimit } from '../../activities/daraja/limiter.ts';
import { noTokenStore } from '../../activities/daraja/token-store.ts';
import { startDarajaTwin, type DarajaTwin } from '../../simulators/daraja/twin.ts';
import { json, openOddServer, type OddServer } from './odd-server.ts';
import { until } from './until.ts';

export interface DarajaPair {
  twin: DarajaTwin;
  receiver: OddServer;
  daraja: Daraja;
  /** Where results and time-outs are to be sent. */
  urls(): { resultUrl: string; timeoutUrl: string };
  /** Waits for a callback at a path and answers its body. */
  told(path: string): ReturnType<typeof JSON.parse>;
  /** Forgets the callbacks so far. */
  forget(): void;
  close(): Promise<void>;
}

export async function openDarajaPair(): Promise<DarajaPair> {
  const receiver = await openOddServer();
  receiver.answer = (_request, response) => json(response, 200, { ResultCode: 0 });
  const twin = await startDarajaTwin({
    settings: { phone: { action: 'pin', afterMs: 20 }, resultAfterMs: 20 },
  });
  const daraja = openDaraja({
    ...{ baseUrl: twin.url, certificatePem: twin.certificatePem, nowMs: Date.now },
    ...{ tokens: noTokenStore, limiter: noLimit, timeoutMs: 5_000 },
  });
  return {
    ...{ twin, receiver, daraja },
    urls: () => ({
      resultUrl: `${receiver.url}/hooks/r/1`,
      timeoutUrl: `${receiver.url}/hooks/t/1`,
    }),
    async told(path: string) {
      const found = () => receiver.requests.find((request) => request.path === path);
      await until(() => found() !== undefined);
      return JSON.parse(found()?.body ?? '{}');
    },
    forget: () => void (receiver.requests.length = 0),
    async close() {
      await daraja.close();
      await twin.close();
      await receiver.close();
    },
  };
}
