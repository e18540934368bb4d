import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ask, post, startApp, type TestApp } from '../support/app.js';
import { run, type Run } from '../support/command.js';

const PROVIDERS = `
providers:
  up: { base_url: "http://127.0.0.1:9/v1", models: [m1, m2] }
router: { predictor: heuristic }
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-unreachable-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function check(text: string, ...args: readonly string[]): Promise<Run> {
  const file = path.join(folder, 'suffice.yaml');
  await writeFile(file, text);
  return run(['check', '--config', file, ...args]);
}

describe('suffice check, errors', () => {
  test.each([
    {
      what: 'a pattern in auto.models that matches no model',
      text: `${PROVIDERS}auto: { models: ["upp/*"] }`,
      fault:
        '5:17: error: "auto.models" matches none of the models served here, so every request to a policy is refused; did you mean "up/*"?',
    },
    {
      what: 'a name in auto.models without its vendor',
      text: `${PROVIDERS}auto: { models: [m1] }`,
      fault:
        '5:17: error: "auto.models" matches none of the models served here, so every request to a policy is refused; did you mean "up/m1"?',
    },
    {
      what: 'an alias of an unknown model',
      text: `${PROVIDERS}aliases: { fast: up/m3 }`,
      fault:
        '5:18: error: "fast" is an alias of "up/m3": there is no model or policy "up/m3"; did you mean "up/m1"?',
    },
    {
      what: 'cache settings of an unknown policy',
      text: `${PROVIDERS}cache: { policies: { auto/bets: { mode: off } } }`,
      fault: '5:33: error: there is no policy "auto/bets"; did you mean "auto/best"?',
    },
  ])('reports $what', async ({ text, fault }) => {
    const { code, err } = await check(text);

    expect(err).toBe(`${path.join(folder, 'suffice.yaml')}:${fault}\n`);
    expect(code).toBe(1);
  });
});

describe('suffice check, warnings', () => {
  test.each([
    {
      what: 'a pattern in auto.models for a provider that is not configured',
      text: `${PROVIDERS}auto: { models: ["openai/*"] }`,
      fault:
        '5:17: warning: "auto.models" matches none of the models served here, so every request to a policy is refused.',
    },
    {
      what: 'one of several patterns that matches no model',
      text: `${PROVIDERS}auto: { models: ["up/m1", "upp/*"] }`,
      fault: '5:27: warning: no model matches "upp/*"; did you mean "up/*"?',
    },
    {
      what: 'a pattern in auto.exclude that matches every model',
      text: `${PROVIDERS}auto: { exclude: ["*"] }`,
      fault:
        '5:18: warning: "auto.exclude" excludes all models that "auto.models" allows, so every request to a policy is refused.',
    },
    {
      what: 'an alias of a model that is not served',
      text: `${PROVIDERS}aliases: { fast: openai/gpt-4o }`,
      fault:
        '5:18: warning: "fast" is an alias of "openai/gpt-4o": the model "openai/gpt-4o" is known, but no configured provider serves it; it is available from openai, openrouter.',
    },
    {
      what: 'a host at an unknown provider',
      text: `${PROVIDERS}models: { up/m1: { hosts: [{ provider: upp, model: m1 }, { provider: up, model: m1 }] } }`,
      fault:
        '5:40: warning: unknown provider "upp": it is neither under "providers" nor one that Suffice knows; did you mean "up"?',
    },
    {
      what: 'a provider without models',
      text: PROVIDERS.replace('router', '  bare: { base_url: "http://127.0.0.1:9/v1" }\nrouter'),
      fault:
        '4:9: warning: provider "bare" serves no models, so it receives only requests that are passed through unchanged, such as files; list its models under "models".',
    },
    {
      what: 'a model that is listed twice',
      text: PROVIDERS.replace('m2', 'M1'),
      fault:
        '3:57: warning: "providers.up.models[1]" has the same name as "providers.up.models[0]": up/m1.',
    },
  ])('reports $what', async ({ text, fault }) => {
    const lax = await check(text);
    const strict = await check(text, '--strict');

    expect(lax.err).toBe(`${path.join(folder, 'suffice.yaml')}:${fault}\n`);
    expect([lax.code, strict.code]).toEqual([0, 1]);
  });
});

describe('errors for clients', () => {
  let gateway: TestApp;

  afterEach(async () => {
    await gateway.close();
  });

  const answered = (model: string) => post(`${gateway.url}/v1/chat/completions`, ask(model, 'hi'));

  test('name the setting that excludes every model', async () => {
    gateway = await startApp(`${PROVIDERS}auto: { exclude: ["up/*"] }`);

    const { status, json } = await answered('auto');

    expect(status).toBe(422);
    expect(json).toMatchObject({
      error: {
        message:
          'Policy "auto" has no model to choose from: "auto.exclude" excludes all models that "auto.models" allows.',
      },
    });
  });

  test('say that no provider is configured that serves a model', async () => {
    gateway = await startApp('providers: {}\nrouter: { predictor: heuristic }');

    const { json } = await answered('auto');

    expect(json).toMatchObject({
      error: {
        message:
          'Policy "auto" has no model to choose from: no configured provider serves a model.',
      },
    });
  });

  test('name the target of an alias whose model is not served', async () => {
    gateway = await startApp(`${PROVIDERS}aliases: { fast: openai/gpt-4o }`);

    const { status, json } = await answered('fast');

    expect(status).toBe(404);
    expect(json).toMatchObject({
      error: {
        message: expect.stringMatching(
          /^"fast" is an alias of "openai\/gpt-4o": the model "openai\/gpt-4o" is known, but no configured provider/u,
        ),
      },
    });
  });
});
