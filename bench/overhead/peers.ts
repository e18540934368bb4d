import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'peers');
const PORTKEY = join(FOLDER, 'node_modules/@portkey-ai/gateway/build/start-server.js');

/** The entry point of Portkey's gateway, installed on first use from the lock file in `peers/`. */
export function portkeyEntry(): string {
  if (existsSync(PORTKEY)) return PORTKEY;
  console.log(
    'First run: installing the gateways to compare with (npm ci in bench/overhead/peers) …',
  );
  const { status } = spawnSync(
    'npm',
    ['ci', '--prefix', FOLDER, '--ignore-scripts', '--no-audit'],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0 || !existsSync(PORTKEY)) {
    throw new Error('npm could not install Portkey; leave it out with --gateways floor,suffice');
  }
  return PORTKEY;
}
