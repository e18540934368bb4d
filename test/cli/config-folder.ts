import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A separate folder for each test, with a configuration of simulated models. */
export class ConfigFolder {
  folder = '';

  constructor() {
    beforeEach(async () => {
      this.folder = await mkdtemp(path.join(tmpdir(), 'suffice-cli-'));
      await writeFile(
        this.config,
        'providers: { simulation: {} }\nrouter: { predictor: heuristic }\nserver: { port: 0 }\n',
      );
    });
    afterEach(async () => {
      await rm(this.folder, { recursive: true, force: true });
    });
  }

  /** The path of the configuration. */
  get config(): string {
    return path.join(this.folder, 'suffice.yaml');
  }
}
