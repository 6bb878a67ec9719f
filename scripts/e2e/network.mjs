// Starts and stops a development network for the checks in this folder.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

const target = process.env.CARGO_TARGET_DIR ?? join(homedir(), '.cache/neurite/target');

/** Starts `neurite dev` and resolves with `{ws, stop}` once the network is ready. */
export async function startNetwork({ workers }) {
  const base = mkdtempSync(join(tmpdir(), 'neurite-e2e-'));
  const map = join(base, 'network/network.json');
  const child = spawn(
    join(target, 'release/neurite'),
    ['dev', '--workers', String(workers), '--base-path', join(base, 'network')],
    { stdio: ['ignore', 'ignore', 'inherit'], cwd: root },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
    rmSync(base, { recursive: true, force: true });
  };
  const deadline = Date.now() + 180_000;
  while (!existsSync(map)) {
    if (child.exitCode !== null) throw new Error(`neurite dev ended with code ${child.exitCode}`);
    if (Date.now() > deadline) {
      await stop();
      throw new Error('neurite dev was not ready within three minutes');
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { ws: JSON.parse(readFileSync(map)).node.url, stop };
}
