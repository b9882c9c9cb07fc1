/** The least an Express server can do: one route, one small JSON answer. */
import express from 'express';
import { env } from 'node:process';

const app = express();
app.disable('x-powered-by').disable('etag');
app.get('/hello', (_request, response) => void response.json({ status: 'fine', at: 1 }));
app.listen(Number(env['PORT']), '127.0.0.1', () => console.log('ready'));
