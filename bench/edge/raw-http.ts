/** The least Node's own server can do: one small JSON answer to whatever is asked. */
import { createServer } from 'node:http';
import { env } from 'node:process';

const body = JSON.stringify({ status: 'fine', at: 1 });
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
createServer((_request, response) => response.writeHead(200, headers).end(body)).listen(
  Number(env['PORT']),
  '127.0.0.1',
  () => console.log('ready'),
);
