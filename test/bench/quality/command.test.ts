import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { QualityReport } from '../../../src/bench/quality/report.js';
import { ROOT } from '../../support/app.js';
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

const apgrOf = (report: QualityReport, id: string): number =>
  report.sets[0]?.pair?.rankers.find((ranker) => ranker.id === id)?.apgr.value ?? Number.NaN;

describe('suffice bench', () => {
  test.each([
    { args: ['--help'], code: 0, out: /suffice bench quality/u, err: /^$/u },
    { args: ['quality', '--help'], code: 0, out: /--split PART/u, err: /^$/u },
    { args: [], code: 2, out: /^$/u, err: /a subcommand is missing/u },
    { args: ['qualty'], code: 2, out: /^$/u, err: /did you mean "quality"\?/u },
    { args: ['quality'], code: 2, out: /^$/u, err: /name the outcomes/u },
    { args: ['quality', 'x', '--pair', 'a'], code: 2, out: /^$/u, err: /WEAK,STRONG/u },
    {
      args: ['quality', 'x', '--split', 'half'],
      code: 2,
      out: /^$/u,
      err: /must be one of auto, test/u,
    },
    {
      args: ['quality', 'x', '--bootstrap', '1'],
      code: 2,
      out: /^$/u,
      err: /whole number from 2/u,
    },
    { args: ['quality', '/nonexistent'], code: 1, out: /^$/u, err: /no such file or folder/u },
  ])(
    '$args exits with code $code',
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
    'validates every file of a folder before it measures, and names the faulty line',
    async () => {
      await writeFile(inFolder('1.jsonl'), jsonl(madeUpLines(40)));
      await writeFile(inFolder('2.jsonl'), 'junk\n');

      const { code, out, err } = await bench(['quality', inFolder('.'), '--bootstrap', '40']);

      expect({ code, out }).toEqual({ code: 1, out: '' });
      expect(err).toContain('2.jsonl:1');
      expect(err).not.toContain('measured');
    },
    TIMEOUT_MS,
  );

  test(
    'says why no prompt of a set can be measured',
    async () => {
      const [line] = madeUpLines(1);
      const marked = { ...line, dataset: 'marked', contaminated: true };
      await writeFile(inFolder('marked.jsonl'), jsonl([marked, marked]));
      await writeFile(inFolder('bare.jsonl'), jsonl([{ ...line, dataset: 'bare', outcomes: {} }]));

      const { code, err } = await bench(['quality', inFolder('.')]);

      expect(code).toBe(1);
      expect(err).toContain('all 2 prompts of marked are marked contaminated; skipped');
      expect(err).toContain('no prompt of bare has an outcome; skipped');
      expect(err).toContain('there is no prompt to measure on');
    },
    TIMEOUT_MS,
  );

  test(
    'measures the router and every baseline on the same prompts, and trained baselines beat random',
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
    'reports intervals that contain their figures, and no savings for the best single model',
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
    'reports the same figures for the same seed',
    async () => {
      const first = await quality(madeUpLines(50), '--seed', '5');
      const again = await quality(madeUpLines(50), '--seed', '5');

      expect(again.report.sets).toEqual(first.report.sets);
    },
    TIMEOUT_MS,
  );

  test(
    'writes CSV, Markdown and a self-contained HTML page with escaped names',
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
    'fails when decisions were degraded by a missing predictor',
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
    'says that the requested pair is missing, and measures the rest',
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

  test(
    'names an invalid line by file and number',
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
