import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { loadConfig } from '../../src/config/load.js';
import { configSchema } from '../../src/config/schema.js';
import { parseRules } from '../../src/route/rules/load.js';
import { Metrics } from '../../src/telemetry/metrics.js';

const markdownIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name));

const PAGES = [...markdownIn('.'), ...markdownIn('docs'), ...markdownIn('docs/decisions')];
PAGES.push('models/MODEL_CARD.md');

const textOf = (page: string): string => readFileSync(page, 'utf8');
/** Without code, in which brackets are not links. */
const proseOf = (page: string): string =>
  textOf(page)
    .replace(/^```[^]*?^```/gmu, '')
    .replace(/`[^`\n]*`/gu, 'code');

/** As GitHub derives them from headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  const headings = textOf(page)
    .replace(/^```[^]*?^```/gmu, '')
    .matchAll(/^#{1,6} (.+)$/gmu);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/gu, '-'),
    ),
  );
}

describe.each(PAGES)('%s', (page) => {
  test('links only to existing files and headings', () => {
    const links = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/gu)].map(([, link = '']) => link);

    const dead = links.filter((link) => {
      if (/^\w+:/u.test(link)) return false;
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page : path.join(path.dirname(page), file);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).has(anchor));
    });

    expect(dead).toEqual([]);
  });

  test('names only existing npm scripts', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const named = [...textOf(page).matchAll(/npm run ([\w:-]+)/gu)].map(([, name = '']) => name);

    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe('YAML example', () => {
  const examples = PAGES.flatMap((page) =>
    [...textOf(page).matchAll(/^```yaml\n([^]*?)^```/gmu)].map(([, text = ''], i) => {
      const value: unknown = parse(text);
      return { name: `${page}, ${i + 1}`, text, keys: Object.keys(value ?? {}) };
    }),
  );
  const sections = Object.keys(configSchema.in.shape);

  test.each(
    examples.filter(
      ({ keys, text }) =>
        keys.every((key) => sections.includes(key)) && !/^rules:\n *- /mu.test(text),
    ),
  )('is a configuration without warnings: $name', async ({ text }) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'suffice-docs-'));
    const file = path.join(folder, 'suffice.yaml');
    await writeFile(file, text);
    const names = [...text.matchAll(/\$\{(\w+)\}/gu)].map(([, name = '']) => name);
    const env = Object.fromEntries(names.map((name) => [name, `0123456789-${name}`]));

    const { warnings } = await loadConfig(file, env).finally(() => rm(folder, { recursive: true }));

    expect(warnings).toEqual([]);
  });

  test.each(examples.filter(({ text }) => /^rules:(?: #.*)?\n *- /mu.test(text)))(
    'is a rules file: $name',
    ({ text }) => {
      expect(parseRules('rules.yaml', text).rules.length).toBeGreaterThan(0);
    },
  );
});

test('docs/operations.md lists exactly the metrics with their help texts', () => {
  const rows = [...textOf('docs/operations.md').matchAll(/^\| `(suffice_\w+)` +\| (.+?) +\|$/gmu)];

  const metrics = new Metrics().registry.getMetricsAsArray() as { name: string; help: string }[];
  expect(rows.map(([, name, help]) => ({ name, help }))).toEqual(
    metrics
      .filter(({ name }) => name.startsWith('suffice_'))
      .map(({ name, help }) => ({ name, help })),
  );
});
