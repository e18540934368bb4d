import { reloadFaults } from '../../src/config/reload-check.js';
import { configSource, type SourcedConfig } from '../../src/config/source.js';

const fromEnvironment = (ollama: readonly string[] | null): Promise<SourcedConfig> =>
  configSource({
    file: null,
    overrides: {},
    env: {},
    ollamaModels: () => Promise.resolve(ollama),
  }).load();

describe('a gateway without a file', () => {
  test('does not go over to simulated models when its Ollama is away', async () => {
    const faults = reloadFaults(await fromEnvironment(['m']), await fromEnvironment(null));

    expect(faults).toEqual([
      expect.objectContaining({
        severity: 'error',
        message: expect.stringMatching(/simulated models would answer in place of ollama/u),
      }),
    ]);
  });

  test('goes over from simulated models to an Ollama that has come', async () => {
    const faults = reloadFaults(await fromEnvironment(null), await fromEnvironment(['m']));

    expect(faults).toEqual([]);
  });
});
