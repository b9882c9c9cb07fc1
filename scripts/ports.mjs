import net from 'node:net';
import { warn } from './terminal.mjs';

const handedOut = new Set();

/**
 * Reserves a free TCP port on the loopback address.
 * With a preferred port, the next free one above it is taken when it is in use, and the reader is
 * told; without, the system picks one. The same port is never handed out twice by one command.
 */
export async function reservePort(name, preferred) {
  const port = preferred === undefined ? await anyFreePort() : await nextFreePort(preferred);
  if (preferred !== undefined && port !== preferred) {
    warn(`Port ${preferred} is taken, so ${name} uses ${port}.`);
  }
  handedOut.add(port);
  return port;
}

/**
 * Starts a program on ports reserved under these names, and answers what `start` answers. Between the
 * reservation and the moment it listens somebody else may take one of them: a program that ends for
 * that reason is started on others, and the reader is told.
 */
export async function onReservedPorts(names, reserve, start) {
  for (let triesLeft = 4; ; triesLeft -= 1) {
    const ports = [];
    for (const name of names) ports.push(await reserve(name));
    try {
      return await start(...ports);
    } catch (error) {
      const lost = [];
      for (const port of ports) if (!(await canListen(port))) lost.push(port);
      // What still runs may itself be who holds the port.
      if (!error.hasEnded || lost.length === 0 || triesLeft === 0) throw error;
      warn(
        `Port ${lost.join(', ')} was taken meanwhile, so ${names[0]} is started on another one.`,
      );
    }
  }
}

/** True when something accepts connections at the address. */
export function answers(host, port, timeoutMs = 1000) {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    const finish = (yes) => {
      socket.destroy();
      resolve(yes);
    };
    socket.setTimeout(timeoutMs, () => finish(false));
    socket.on('connect', () => finish(true));
    socket.on('error', () => finish(false));
  });
}

async function nextFreePort(preferred) {
  for (let port = preferred; port < preferred + 100; port += 1) {
    if (!handedOut.has(port) && (await canListen(port))) return port;
  }
  throw new Error(`No free port between ${preferred} and ${preferred + 99}.`);
}

async function anyFreePort() {
  for (;;) {
    const port = await listenOnce(0);
    if (port !== undefined && !handedOut.has(port)) return port;
  }
}

async function canListen(port) {
  // A server bound to all addresses can leave the loopback address bindable, so both are asked.
  return !(await answers('127.0.0.1', port, 300)) && (await listenOnce(port)) !== undefined;
}

function listenOnce(port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.on('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const { port: bound } = server.address();
      server.close(() => resolve(bound));
    });
  });
}
