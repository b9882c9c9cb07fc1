// Tries everything the cage forbids and tells what worked.
import { readFileSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
process.stdout.write('{"t":"ready"}\n');

const allowed = [];
const attempt = (name, deed) => {
  try {
    deed();
    allowed.push(name);
  } catch {
    // Forbidden, as it should be.
  }
};
attempt('read', () => readFileSync('/etc/hostname'));
attempt('write', () => writeFileSync('stolen.txt', 'x'));
attempt('spawn', () => spawnSync('true'));
attempt('eval', () => new Function('return 1')());
for (const name of Object.keys(process.env)) allowed.push(`env ${name}`);
if (process.argv.slice(2).length > 0) allowed.push('arguments');
process.stdin.resume();
const port = await new Promise((resolve) => {
  let text = Buffer.alloc(0);
  process.stdin.on('data', (chunk) => {
    text = Buffer.concat([text, chunk]);
    const length = text.length >= 4 ? text.readUInt32BE(0) : Infinity;
    if (text.length >= 4 + length)
      resolve(Number(JSON.parse(text.subarray(4, 4 + length)).password));
  });
});
await new Promise((resolve) => {
  const socket = connect({ host: '127.0.0.1', port }, () => {
    allowed.push('network');
    resolve();
  });
  socket.on('error', resolve);
});
const detail = allowed.join(', ');
process.stdout.write(
  `${JSON.stringify({ t: 'needs', problem: 'unknown-layout', detail })}\n{"t":"end"}\n`,
);
