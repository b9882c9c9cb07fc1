/** The Python peer, installed into a folder of its own; absent where Python is. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const folder = join(process.cwd(), '.daftari', 'python-edge');
const packages = ['fastapi', 'uvicorn[standard]', 'pyjwt[crypto]', 'prometheus_client'];

/** The interpreter with the packages, or why there is none. */
export async function pythonPeer(): Promise<{ program: string } | { missing: string }> {
  const program = join(folder, 'bin', 'python');
  const marker = join(folder, 'bin', 'uvicorn');
  if (existsSync(marker)) return { program };
  try {
    await run('python3', ['-m', 'venv', folder]);
    await run(program, ['-m', 'pip', 'install', '--quiet', ...packages]);
    return { program };
  } catch (error) {
    const [line] = String(error instanceof Error ? error.message : error).split('\n');
    return { missing: line ?? 'Python is not to be had' };
  }
}
