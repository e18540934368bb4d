import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { shippedWith } from '../../../src/assemble.js';
import type { QualityReport } from '../../../src/bench/quality/report.js';
import { runCommand } from '../../../src/cli/commands.js';
import { systemClock } from '../../../src/core/clock.js';
import { ROOT } from '../../support/app.js';
import { jsonl, madeUpLines, MODELS } from './made-up.js';
import type { MadeUpLine } from './made-up.js';

// Catalog and predictor are loaded anew by every run, as on the command line.
const TIMEOUT_MS = 30_000;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-bench-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const inFolder = (name: string): string => path.join(folder, name);

async function bench(
  args: readonly string[],
  artefacts: string = shippedWith(ROOT).artefacts,
): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await runCommand(['bench', ...args], {
    io: {
      out: (text) => (out += text),
      err: (text) => (err += text),
      env: {},
      readStdin: () => Promise.resolve(''),
    },
    shipped: { ...shippedWith(ROOT), artefacts },
    version: '1.2.3',
    clock: systemClock,
    openLogDestination: () => ({ write: () => undefined }),
    onSignal: () => undefined,
  });
  return { code, out, err };
}

async function quality(
  lines: readonly MadeUpLine[],
  ...more: readonly string[]
): Promise<{ code: number; out: string; err: string; report: QualityReport }> {
  const file = inFolder('made-up.jsonl');
  await writeFile(file, jsonl(lines));
  const json = inFolder('report.json');
  const run = await bench(['quality', file, '--bootstrap', '40', '--json', json, ...more]);
  return { ...run, report: JSON.parse(await readFile(json, 'utf8')) as QualityReport };
}

const apgrOf = (report: QualityReport, id: string): number =>
  report.sets[0]?.pair?.rankers.find((ranker) => ranker.id === id)?.apgr.value ?? Number.NaN;

describe('suffice bench', () => {
  test.each([
    { args: ['--help'], code: 0, out: /suffice bench quality/u, err: /^$/u },
    { args: ['quality', '--help'], code: 0, out: /--split PART/u, err: /^$/u },
    { args: [], code: 2, out: /^$/u, err: /say what to measure/u },
    { args: ['qualty'], code: 2, out: /^$/u, err: /did you mean "quality"\?/u },
    { args: ['quality'], code: 2, out: /^$/u, err: /which outcomes/u },
    { args: ['quality', 'x', '--pair', 'a'], code: 2, out: /^$/u, err: /WEAK,STRONG/u },
    {
      args: ['quality', 'x', '--split', 'half'],
      code: 2,
      out: /^$/u,
      err: /there are auto, test/u,
    },
    {
      args: ['quality', 'x', '--bootstrap', '1'],
      code: 2,
      out: /^$/u,
      err: /whole number from 2/u,
    },
    { args: ['quality', '/nonexistent'], code: 1, out: /^$/u, err: /no such file or folder/u },
  ])(
    '$args answers with $code',
    async ({ args, code, out, err }) => {
      const result = await bench(args);

      expect(result).toEqual({
        code,
        out: expect.stringMatching(out),
        err: expect.stringMatching(err),
      });
    },
    TIMEOUT_MS,
  );
});

describe('suffice bench quality', () => {
  test(
    'measures ours and every baseline on the same prompts, and what labels teach shows',
    async () => {
      const { code, out, report } = await quality(madeUpLines(300));

      expect(code).toBe(0);
      const [set] = report.sets;
      expect(set).toMatchObject({ name: 'made_up', relation: 'own', split: 'all', prompts: 300 });
      expect(set?.pair).toMatchObject({ weak: MODELS[0], strong: MODELS[2], prompts: 300 });
      expect(set?.pair?.rankers.map(({ id }) => id)).toEqual([
        'ours',
        'ridge',
        'neighbours',
        'category',
        'length',
        'oracle',
        'random',
      ]);
      expect(set?.frontier?.contenders.map(({ id }) => id)).toEqual([
        'ours',
        'ridge',
        'neighbours',
        'category',
        'length',
        'random',
        'cheapest',
        'strongest',
        'single',
        'oracle',
      ]);
      expect(out).toContain('n-gram ridge');
      expect(out).toMatch(/calibration over 900 outcomes: ECE 0\.\d{3} \[/u);
      for (const id of ['ridge', 'category', 'neighbours']) {
        expect(apgrOf(report, id)).toBeGreaterThan(0.65);
        expect(apgrOf(report, 'oracle')).toBeGreaterThan(apgrOf(report, id));
      }
      expect(apgrOf(report, 'random')).toBeCloseTo(0.5, 1);
      const ridge = report.sets[0]?.pair?.rankers.find(({ id }) => id === 'ridge');
      expect(ridge?.oursLess?.value).toBeCloseTo(
        apgrOf(report, 'ours') - apgrOf(report, 'ridge'),
        10,
      );
    },
    TIMEOUT_MS,
  );

  test(
    'puts every figure inside its interval, and saves nothing with the best single model',
    async () => {
      const { report } = await quality(madeUpLines(100));

      const { contenders = [], keeps = [] } = report.sets[0]?.frontier ?? {};
      const single = contenders.find(({ id }) => id === 'single');
      expect(single).toMatchObject({
        saved97: { value: 0, low: 0, high: 0 },
        aiq: { value: null },
      });
      expect(keeps.map(({ keep }) => keep)).toEqual([1, 0.99, 0.97, 0.95, 0.9, 0.8]);
      expect(keeps[0]?.realised.value).toBe(1);
      const [ours] = contenders;
      for (const { value, low, high } of [ours?.aiq, ours?.arena, keeps[5]?.realised].flatMap(
        (one) => one ?? [],
      )) {
        expect(low).toBeLessThanOrEqual((value ?? 0) + 0.05);
        expect(high).toBeGreaterThanOrEqual((value ?? 0) - 0.05);
      }
    },
    TIMEOUT_MS,
  );

  test(
    'gives the same figures for the same seed',
    async () => {
      const first = await quality(madeUpLines(50), '--seed', '5');
      const again = await quality(madeUpLines(50), '--seed', '5');

      expect(again.report.sets).toEqual(first.report.sets);
    },
    TIMEOUT_MS,
  );

  test(
    'measures the test part only where it is asked to, and says of how many lines',
    async () => {
      const { report } = await quality(
        madeUpLines(400),
        '--split',
        'test',
        '--pair',
        'acme/small,acme/middle',
      );

      const [set] = report.sets;
      expect(set?.lines).toBe(400);
      expect(set?.prompts).toBeGreaterThan(30);
      expect(set?.prompts).toBeLessThan(100);
      expect(set?.pair?.strong).toBe('acme/middle');
    },
    TIMEOUT_MS,
  );

  test(
    'compares no cost where prices are unknown, and never takes them for 0',
    async () => {
      const lines = madeUpLines(60).map((line) => ({
        ...line,
        outcomes: Object.fromEntries(
          Object.entries(line.outcomes).map(([model, { score }]) => [model, { score }]),
        ),
      }));

      const { report, out } = await quality(lines);

      expect(report.sets[0]?.frontier).toBeNull();
      expect(out).toContain('No cost is compared');
    },
    TIMEOUT_MS,
  );

  test(
    'takes prices from a list, and says that tokens were estimated',
    async () => {
      const lines = madeUpLines(60).map((line) => ({
        ...line,
        outcomes: Object.fromEntries(
          Object.entries(line.outcomes).map(([model, { score }]) => [
            model,
            { score, in_tokens: 20 },
          ]),
        ),
      }));
      const prices = inFolder('prices.json');
      const list = Object.fromEntries(
        MODELS.map((model, m) => [model, { input: m, output: 4 * m }]),
      );
      await writeFile(prices, JSON.stringify({ models: list }));

      const { report, out } = await quality(lines, '--prices', prices);

      expect(report.sets[0]?.frontier?.models).toHaveLength(3);
      expect(report.sets[0]?.frontier?.estimatedShare).toBe(1);
      expect(out).toContain('Tokens were estimated for 100 % of the answers');
    },
    TIMEOUT_MS,
  );

  test(
    'writes CSV, Markdown, and a page that fetches nothing and shows names as they are',
    async () => {
      const lines = madeUpLines(80).map((line) => ({ ...line, dataset: '<b>&"set"' }));
      const [csv, html, markdown] = ['r.csv', 'r.html', 'r.md'].map(inFolder) as [
        string,
        string,
        string,
      ];

      await quality(lines, '--csv', csv, '--html', html, '--markdown', markdown);

      const page = await readFile(html, 'utf8');
      expect(page).not.toMatch(/(?:src|href)=|url\(|@import|<script/u);
      expect(page).toContain('&lt;b&gt;&amp;&quot;set&quot;');
      expect(page).not.toContain('<b>&"set"');
      expect(page.match(/<svg /gu)).toHaveLength(3);
      expect(await readFile(csv, 'utf8')).toMatch(
        /^set,about,contender,figure,value,low,high\n"<b>&""set""",pair,ours,apgr,0\.\d+,/u,
      );
      expect(await readFile(markdown, 'utf8')).toMatch(/^\| set \| prompts/u);
    },
    TIMEOUT_MS,
  );

  test(
    'pools sets, each with its own resamples',
    async () => {
      const lines = [1, 2].flatMap((seed) =>
        madeUpLines(80, seed).map((line) => ({ ...line, dataset: `set_${seed}` })),
      );

      const { report, out } = await quality(lines);

      expect(report.groups).toHaveLength(1);
      expect(report.groups[0]?.sets).toEqual(['set_1', 'set_2']);
      expect(report.groups[0]?.calibration.outcomes).toBe(480);
      expect(out).toContain('mean of 2 sets');
    },
    TIMEOUT_MS,
  );

  test(
    'measures a set too small to learn from without the baselines that learn',
    async () => {
      const { code, report, out } = await quality(madeUpLines(15));

      expect(code).toBe(0);
      expect(report.sets[0]?.pair?.rankers.map(({ id }) => id)).toEqual([
        'ours',
        'length',
        'oracle',
        'random',
      ]);
      expect(out).toContain('Too few prompts to train the baselines');
    },
    TIMEOUT_MS,
  );

  test(
    'refuses to give figures of a router that is not itself',
    async () => {
      const file = inFolder('made-up.jsonl');
      await writeFile(file, jsonl(madeUpLines(30)));
      const damaged = inFolder('models');
      await cp(path.join(ROOT, 'models', 'manifest.json'), path.join(damaged, 'manifest.json'));

      const { code, out, err } = await bench(['quality', file, '--bootstrap', '10'], damaged);

      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(/30 of 30 decisions \(100\.0 %\) were degraded: .*missing/u);
    },
    TIMEOUT_MS,
  );

  test(
    'knows the public sets: their pair, their parts, and what failed on format alone',
    async () => {
      const [weak, strong] = ['mistralai/mixtral-8x7b-instruct-v0.1', 'openai/gpt-4-1106-preview'];
      const renamed = (set: string, names: readonly string[], more: object = {}) =>
        madeUpLines(120).map((line) => ({
          ...line,
          ...more,
          dataset: set,
          outcomes: Object.fromEntries(
            Object.values(line.outcomes).map((outcome, m) => [names[m] ?? '', outcome]),
          ),
        }));
      const lines = [
        ...renamed('routellm_gsm8k', [weak, 'a/b', strong]),
        ...renamed('alpaca_eval2', ['openai/gpt-3.5-turbo-1106', 'a/b', strong]),
        ...renamed('bfcl_2024_08', ['openai/gpt-4o-2024-08-06', weak, 'a/b']),
        ...renamed('routellm_mmlu', [weak, 'a/b', strong], { contaminated: true }),
      ].map((line, i) => (i === 0 ? { ...line, contaminated: true } : line));
      const html = inFolder('r.html');

      const { report, err, out } = await quality(lines, '--html', html);

      expect(err).toContain('routellm_mmlu has no prompt in the part "all"');
      const [gsm8k, alpaca, bfcl] = report.sets;
      expect(gsm8k).toMatchObject({ relation: 'unseen', split: 'all', contaminated: 1 });
      expect(gsm8k?.pair).toMatchObject({ weak, strong, prompts: 119 });
      expect(alpaca).toMatchObject({ relation: 'trained', split: 'test', preference: true });
      expect(out).toContain('Scores are preferences over a rival');
      expect(bfcl?.models).toBe(2);
      const [together] = report.groups;
      expect(together?.sets).toEqual(['alpaca_eval2', 'bfcl_2024_08']);
      expect(together?.calibration.outcomes).toBe(bfcl?.calibration.outcomes);
      const page = await readFile(html, 'utf8');
      expect(page).toContain('routellm_gsm8k *');
      expect(page).toContain('Together: in distribution');
      expect(page).toContain('1 contaminated prompts left out');
    },
    TIMEOUT_MS,
  );

  test(
    'says that a pair is not there, and measures the rest',
    async () => {
      const { code, report, out } = await quality(
        madeUpLines(40),
        '--pair',
        'acme/small,acme/huge',
      );

      expect(code).toBe(0);
      expect(report.sets[0]?.pair).toBeNull();
      expect(out).toContain('does not have both acme/small and acme/huge');
      expect(report.sets[0]?.frontier?.models).toHaveLength(3);
    },
    TIMEOUT_MS,
  );

  test.each([
    { fault: 'there is none', text: null, says: /prices\.json: cannot be read/u },
    { fault: 'it is no JSON', text: '{', says: /prices\.json: not JSON/u },
    { fault: 'a price is below 0', text: '{"a":{"input":-1,"output":1}}', says: /prices\.json: /u },
  ])(
    'does not go on without the prices it was given: $fault',
    async ({ text, says }) => {
      const [file, prices] = ['made-up.jsonl', 'prices.json'].map(inFolder) as [string, string];
      await writeFile(file, jsonl(madeUpLines(1)));
      if (text !== null) await writeFile(prices, text);

      const { code, err } = await bench(['quality', file, '--prices', prices]);

      expect(code).toBe(1);
      expect(err).toMatch(says);
    },
    TIMEOUT_MS,
  );

  test(
    'names the line that is not in order',
    async () => {
      const file = inFolder('made-up.jsonl');
      await writeFile(file, `${jsonl(madeUpLines(1))}{"id":1}\n`);

      const { code, err } = await bench(['quality', file]);

      expect(code).toBe(1);
      expect(err).toContain(`${file}:2: `);
    },
    TIMEOUT_MS,
  );
});
