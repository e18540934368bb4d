import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand } from '../../src/cli/commands.js';
import { systemClock } from '../../src/core/clock.js';
import { SHIPPED } from '../support/app.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-frontier-'));
  await writeFile(path.join(folder, 'suffice.yaml'), 'providers: { simulation: {} }\n');
  await writeFile(
    path.join(folder, 'heuristic.yaml'),
    'providers: { simulation: {} }\nrouter: { predictor: heuristic }\n',
  );
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const frontier = (...args: readonly string[]) => suffice('frontier', ...args);

async function suffice(command: string, ...args: readonly string[]) {
  let out = '';
  let err = '';
  const code = await runCommand(
    [command, ...(args.includes('-c') ? [] : ['-c', at('suffice.yaml')]), ...args],
    {
      io: {
        out: (text) => (out += text),
        err: (text) => (err += text),
        env: {},
        readStdin: () => Promise.resolve(''),
      },
      shipped: SHIPPED,
      version: '1.2.3',
      clock: systemClock,
      openLogDestination: () => ({ write: () => true, flushSync: () => undefined }),
      onSignal: () => undefined,
    },
  );
  return { code, out, err };
}

const at = (name: string): string => path.join(folder, name);

const HARD = 'Prove that every finite group of odd order is solvable.';

/** Two custom models, one of them without a price. */
async function writePair(freePrice: number): Promise<string> {
  await writeFile(
    at('pair.yaml'),
    `
providers: { local: { dialect: openai, base_url: 'http://127.0.0.1:9/v1' } }
auto: { models: [acme/free, acme/noprice] }
models:
  acme/free:
    hosts: [{ provider: local, model: free, price: { input: ${freePrice}, output: ${freePrice} } }]
    benchmarks: { gpqa_diamond: 25 }
  acme/noprice:
    hosts: [{ provider: local, model: noprice }]
    benchmarks: { gpqa_diamond: 84 }
`,
  );
  return at('pair.yaml');
}

interface Point {
  readonly keep: number;
  readonly expected: number;
  readonly cost_usd: number;
  readonly saved: number;
  readonly price: number | null;
  readonly shares: Readonly<Record<string, number>>;
}

describe('suffice frontier', () => {
  test.each([
    ['pins', 'pin: simulation/frontier'],
    ['prefers', 'prefer: [simulation/frontier]'],
  ])('always chooses the model that a policy %s', async (_what, wish) => {
    await writeFile(at('wish.yaml'), 'providers: { simulation: {} }\nrules: rules.yaml\n');
    const policies = `{ auto: { keep: 0.97, ${wish} }, plain: { keep: 0.97 } }`;
    await writeFile(at('rules.yaml'), `version: 1\npolicies: ${policies}\n`);

    const { out } = await frontier('-c', at('wish.yaml'), '--json');
    const { out: plain } = await frontier('-c', at('wish.yaml'), '--json', '-p', 'plain');

    const [all] = (JSON.parse(plain) as { points: Point[] }).points;
    for (const point of (JSON.parse(out) as { points: Point[] }).points) {
      expect(point.shares).toMatchObject({ 'simulation/frontier': 1 });
      expect(point.cost_usd).toBeCloseTo(all?.cost_usd ?? 0, 9);
      expect(point).toMatchObject({ saved: 0 });
    }
  });

  test("reports expected quality, cost and shares of each keep on the predictor's prompts", async () => {
    const { code, out } = await frontier('--json');

    const { points, requests } = JSON.parse(out) as { points: Point[]; requests: number };
    expect({ code, requests }).toEqual({ code: 0, requests: 256 });
    expect(points[0]).toMatchObject({ keep: 1, price: null });
    expect(points[0]?.expected).toBeCloseTo(1, 6);
    for (const [i, { keep, expected, cost_usd: costUsd, shares }] of points.entries()) {
      expect(expected).toBeGreaterThanOrEqual(keep - 1e-6);
      expect(costUsd).toBeLessThanOrEqual(points[i - 1]?.cost_usd ?? Infinity);
      expect(Object.values(shares).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
    }
  });

  test('accounts for n and max_tokens of given requests', async () => {
    const costOf = async (more: object) => {
      await writeFile(at('from.jsonl'), `${JSON.stringify({ prompt: HARD, ...more })}\n`);
      const { out } = await frontier('--from', at('from.jsonl'), '--json');
      return (JSON.parse(out) as { points: Point[] }).points[0]?.cost_usd ?? 0;
    };

    const one = await costOf({});

    expect(await costOf({ n: 3 })).toBeGreaterThan(2.5 * one);
    expect(await costOf({ max_tokens: 1 })).toBeLessThan(one / 5);
  });

  test('prints a table with the keep of the policy marked', async () => {
    const { out } = await frontier();

    expect(out).toMatch(
      /^256 typical prompts, 4 models, policy auto \(keep 0\.97 of the best model\)/u,
    );
    expect(out).toMatch(/^> {2}0\.97 .* % +\$\S+ +simulation\//mu);
    expect(out.match(/^>/gmu)).toHaveLength(1);
  });

  test('reports time instead of cost for a policy with a latency objective, on given requests', async () => {
    const lines = [
      '{"id":1,"prompt":"Hi"}',
      '{"messages":[{"role":"user","content":"Prove it."}]}',
    ];
    await writeFile(at('asked.jsonl'), lines.join('\n'));

    const { out } = await frontier('-p', 'auto/fast', '--from', at('asked.jsonl'));

    expect(out).toContain(`2 requests from ${at('asked.jsonl')}, 4 models, policy auto/fast`);
    expect(out).toMatch(/KEEP +EXPECTED +TIME/u);
  });

  test.each([0, 0.05])(
    'agrees with the router when a model has no price and the other costs $%s',
    async (freePrice) => {
      const config = await writePair(freePrice);

      const { out } = await frontier('-c', config, '--json');
      const page = await frontier('-c', config);

      const { points } = JSON.parse(out) as { points: Point[] };
      const own = points.find(({ keep }) => keep === 0.97);
      expect(own?.price).toBeGreaterThan(0);
      expect(own?.expected).toBeGreaterThanOrEqual(0.97);
      expect(own).toMatchObject({ cost_usd: null, saved: null });
      expect(page.out).toMatch(/^> {2}0\.97 +0\.9\d+ +\? +n\/a +\$/mu);
      expect(page.out).not.toContain('NaN');
      const routed = await suffice('route', '-c', config, HARD);
      expect(routed.out).toMatch(/^model +acme\/noprice$/mu);
    },
  );

  test.each([
    { args: ['-p', 'auto/best'], err: /regardless of cost, so there is no "keep" to choose/u },
    { args: ['-p', 'auto/chaep'], err: /Did you mean "auto\/cheap"/u },
    { args: ['-m', 'a,,b'], err: /commas/u },
    { args: ['--from', '/nonexistent.jsonl'], err: /nonexistent/u },
  ])('$args fails with an error message', async ({ args, err }) => {
    const result = await frontier(...args);

    expect(result).toMatchObject({ out: '', err: expect.stringMatching(err) });
    expect(result.code).not.toBe(0);
  });

  test('reports a line that is not a request', async () => {
    await writeFile(at('asked.jsonl'), '{"id":1}\n');

    const { err } = await frontier('--from', at('asked.jsonl'));

    expect(err).toMatch(/neither "prompt" nor "messages"/u);
  });

  test('asks for --from when the predictor has no prompts of its own', async () => {
    const { err } = await frontier('-c', at('heuristic.yaml'));

    expect(err).toMatch(/give your own with --from/u);
  });
});
