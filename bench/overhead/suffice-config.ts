import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';

/**
 * Writes the measured configuration: that of an operator with OpenAI alone, with everything that is on by default (a log
 * line per request, metrics, the decision log).
 *
 * @returns the path of the file
 */
export function writeSufficeConfig(folder: string, port: number, upstreamPort: number): string {
  const file = join(folder, 'suffice.yaml');
  const config = {
    server: { host: '127.0.0.1', port },
    providers: {
      openai: {
        base_url: `http://127.0.0.1:${upstreamPort}/v1`,
        api_key: 'sk-bench-not-a-key',
        // The default for OpenAI itself, whose rules the fake upstream follows.
        trusted_answers: true,
      },
    },
    auto: { models: ['openai/*'] },
    log: { level: 'info', requests: true },
  };
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, stringify(config));
  return file;
}
