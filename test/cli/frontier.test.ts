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

async function frontier(...args: readonly string[]) {
  let out = '';
  let err = '';
  const code = await runCommand(
    ['frontier', ...(args.includes('-c') ? [] : ['-c', at('suffice.yaml')]), ...args],
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

interface Point {
  readonly keep: number;
  readonly expected: number;
  readonly cost_usd: number;
  readonly saved: number;
  readonly price: number | null;
  readonly shares: Readonly<Record<string, number>>;
}

describe('suffice frontier', () => {
  test('shows what each promise keeps and costs on the prompts that come along', async () => {
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

  test('is a table with the promise in force marked', async () => {
    const { out } = await frontier();

    expect(out).toMatch(
      /^256 usual prompts, 4 models, policy auto \(keep 0\.97 of the best model\)/u,
    );
    expect(out).toMatch(/^> {2}0\.97 .* % +\$\S+ +simulation\//mu);
    expect(out.match(/^>/gmu)).toHaveLength(1);
  });

  test('is of requests of one’s own, by time where the policy strives for it', async () => {
    const lines = [
      '{"id":1,"prompt":"Hi"}',
      '{"messages":[{"role":"user","content":"Prove it."}]}',
    ];
    await writeFile(at('asked.jsonl'), lines.join('\n'));

    const { out } = await frontier('-p', 'auto/fast', '--from', at('asked.jsonl'));

    expect(out).toContain(`2 requests of ${at('asked.jsonl')}, 4 models, policy auto/fast`);
    expect(out).toMatch(/KEEP +EXPECTED +TIME/u);
  });

  test.each([
    { args: ['-p', 'auto/best'], err: /whatever it costs, so there is nothing to pick/u },
    { args: ['-p', 'auto/chaep'], err: /Did you mean "auto\/cheap"/u },
    { args: ['-m', 'a,,b'], err: /commas/u },
    { args: ['--from', '/nonexistent.jsonl'], err: /nonexistent/u },
  ])('$args is refused with a sentence', async ({ args, err }) => {
    const result = await frontier(...args);

    expect(result).toMatchObject({ out: '', err: expect.stringMatching(err) });
    expect(result.code).not.toBe(0);
  });

  test('says which line is no request', async () => {
    await writeFile(at('asked.jsonl'), '{"id":1}\n');

    const { err } = await frontier('--from', at('asked.jsonl'));

    expect(err).toMatch(/neither "prompt" nor "messages"/u);
  });

  test('asks for requests where the predictor brings none', async () => {
    const { err } = await frontier('-c', at('heuristic.yaml'));

    expect(err).toMatch(/name some with --from/u);
  });
});
