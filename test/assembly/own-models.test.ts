import { startApp } from '../support/app.js';

/** The first model of `GET /v1/models` under a configuration with these providers and `models`. */
async function modelOf(providers: string, models: string): Promise<Record<string, unknown>> {
  const config = `providers: ${providers}\nmodels: ${models}\nrouter: { predictor: heuristic }\n`;
  const gateway = await startApp(config);
  const listed = await fetch(`${gateway.url}/v1/models`);
  const { data } = (await listed.json()) as { data: Record<string, unknown>[] };
  await gateway.close();
  return data.find(({ policy }) => policy !== true) ?? {};
}

const OWN = '{ up: { base_url: "http://127.0.0.1:9/v1", models: [mine] } }';
const OLLAMA = '{ ollama: { models: ["qwen3:32b-q8_0"] } }';
const ASSUMED = ['tools', 'json_mode', 'json_schema'];

describe('a model that a provider lists', () => {
  test.each([
    ['parameters', '{ parameters: 7 }'],
    ['strength', '{ strength: { mean: 0.96, error: 0.44 } }'],
    ['context_window', '{ context_window: 8192 }'],
    ['prices', '{ prices: { up: { input: 1, output: 2 } } }'],
  ])('keeps its assumed capabilities when only %s is configured', async (_, override) => {
    const before = await modelOf(OWN, '{}');
    const after = await modelOf(OWN, `{ up/mine: ${override} }`);

    expect(before['capabilities']).toEqual(ASSUMED);
    expect(after).toMatchObject({ id: 'up/mine', capabilities: ASSUMED });
  });

  test('has the configured capabilities in place of the assumed ones', async () => {
    const model = await modelOf(OWN, '{ up/mine: { capabilities: [embeddings] } }');

    expect(model['capabilities']).toEqual(['embeddings']);
  });

  test('keeps the facts of its known weights when a price is configured', async () => {
    const before = await modelOf(OLLAMA, '{}');
    const override = '{ prices: { ollama: { input: 0.1, output: 0.2 } } }';
    const after = await modelOf(OLLAMA, `{ "ollama/qwen3:32b-q8_0": ${override} }`);

    expect(after).toMatchObject({ pricing: { input: 0.1, output: 0.2 } });
    expect(after).toEqual({
      ...before,
      pricing: after['pricing'],
      upstreams: [expect.objectContaining({ id: 'ollama/qwen3:32b-q8_0' })],
    });
  });
});
