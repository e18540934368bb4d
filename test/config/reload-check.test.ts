import { reloadFaults } from '../../src/config/reload-check.js';
import { configSource, type SourcedConfig } from '../../src/config/source.js';

const fromEnvironment = (ollama: readonly string[] | null): Promise<SourcedConfig> =>
  configSource({
    file: null,
    overrides: {},
    env: {},
    ollamaModels: () =>
      Promise.resolve(
        ollama?.map((name) => ({ name, parameters: null, capabilities: null })) ?? null,
      ),
  }).load();

describe('reloadFaults without a configuration file', () => {
  test('rejects a reload that would replace an unreachable Ollama by simulated models', async () => {
    const faults = reloadFaults(await fromEnvironment(['m']), await fromEnvironment(null));

    expect(faults).toEqual([
      expect.objectContaining({
        severity: 'error',
        message: expect.stringMatching(/simulated models would answer in place of ollama/u),
      }),
    ]);
  });

  test('accepts a reload from simulated models to a new Ollama', async () => {
    const faults = reloadFaults(await fromEnvironment(null), await fromEnvironment(['m']));

    expect(faults).toEqual([]);
  });
});
