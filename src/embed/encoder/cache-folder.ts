import { homedir } from 'node:os';
import path from 'node:path';

/** Where models that are given by name are stored once downloaded. */
export function encoderCacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const caches = env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return path.join(caches, 'suffice', 'encoders');
}
