import { readFile, writeFile } from 'node:fs/promises';
import { jsonl, madeUpLines, MODELS } from './made-up.js';
import { bench, benchFolder, TIMEOUT_MS } from './run-quality.js';

let folder: Awaited<ReturnType<typeof benchFolder>>;

beforeEach(async () => {
  folder = await benchFolder();
});

afterEach(async () => {
  await folder.remove();
});

const inFolder = (name: string): string => folder.inFolder(name);
const quality = (...args: Parameters<typeof folder.quality>) => folder.quality(...args);

describe('suffice bench quality: measurements', () => {
  test(
    'restricts to the test split when asked, and reports the number of lines',
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
    'skips the cost comparison when prices are unknown',
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
    'takes prices from a price list, and reports that tokens were estimated',
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
    'measures rankers over all pairs of models only for sets with more than two models',
    async () => {
      const lines = madeUpLines(200);
      const ofTwo = lines.map(
        ({ outcomes: { [MODELS[0]]: weak, [MODELS[2]]: strong }, ...line }) => ({
          ...line,
          dataset: 'of_two',
          outcomes: {
            [MODELS[0]]: weak,
            [MODELS[2]]: strong,
          } as (typeof lines)[number]['outcomes'],
        }),
      );

      const { report, out } = await quality([...lines, ...ofTwo]);

      const [all, two] = report.sets.map(({ pairs }) => pairs);
      const apgr = Object.fromEntries(
        (all?.rankers ?? []).map(({ id, apgr: { value } }) => [id, value ?? Number.NaN]),
      );
      expect(all).toMatchObject({ models: 3, pairs: 3, pairsApart: 3, prompts: 200 });
      // The score depends only on whether the prompt asks for a proof.
      expect(apgr['category']).toBeGreaterThan(0.6);
      expect(apgr['ridge']).toBeGreaterThan(0.6);
      expect(apgr['oracle']).toBeGreaterThan(apgr['category'] ?? 1);
      expect(two).toBeNull();
      expect(out).toContain('3 of 3 pairs of models that are at least 0.05 apart');
      expect(report.groups[0]?.pairs[0]).toMatchObject({ id: 'ours', sets: 1 });
    },
    TIMEOUT_MS,
  );

  test(
    'gives a baseline without any signal an APGR of one half',
    async () => {
      const lines = madeUpLines(200).map((line) => ({ ...line, category: 'one category' }));

      const { report } = await quality(lines);

      // Each fold is predicted from the others, so a high score lowers the mean that predicts it.
      const [set] = report.sets;
      const rankers = [...(set?.pair?.rankers ?? []), ...(set?.pairs?.rankers ?? [])];
      const apgrs = rankers.flatMap(({ id, apgr }) => (id === 'category' ? [apgr.value] : []));
      expect(apgrs).toEqual([expect.closeTo(0.5, 6), expect.closeTo(0.5, 6)]);
    },
    TIMEOUT_MS,
  );

  test(
    'pools the sets into groups',
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
    'omits the trained baselines when a set is too small to train them',
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
    'applies the pairs, splits and contamination marks of the public sets',
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

      expect(err).toContain('all 120 prompts of routellm_mmlu are marked contaminated');
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
      expect(page).toContain('All sets together, in distribution');
      expect(page).toContain('1 contaminated prompt excluded');
    },
    TIMEOUT_MS,
  );

  test.each([
    { fault: 'missing file', text: null, says: /prices\.json: cannot be read/u },
    { fault: 'not JSON', text: '{', says: /prices\.json: not JSON/u },
    { fault: 'negative price', text: '{"a":{"input":-1,"output":1}}', says: /prices\.json: /u },
  ])(
    'fails on an unusable price list: $fault',
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
});
