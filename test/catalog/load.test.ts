import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { loadCatalog } from '../../src/catalog/load.js';
import { FaultyFileError, formatFault } from '../../src/core/errors.js';

const FAULTY = 'test/catalog/faulty';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'catalog-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

/** The faults of these files, formatted as for an editor. */
async function faultsOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  for (const [name, text] of Object.entries(files)) {
    await writeFile(path.join(folder, name), text);
  }
  const outcome = await loadCatalog(folder).catch((error: unknown) => error);
  if (!(outcome instanceof FaultyFileError)) return [`no fault: ${String(outcome)}`];
  return outcome.faults.map((fault) =>
    formatFault({ ...fault, file: path.basename(fault.file) }).replace('error: ', ''),
  );
}

describe('loadCatalog with a faulty file', () => {
  test.each([
    {
      fault: 'bad-date',
      message: [
        'acme.yaml:2:53: "sources.vendor.read" must be a date in the form 2026-01-31, not the text "2026-13-01".',
      ],
    },
    {
      fault: 'bad-release',
      message: [
        'acme.yaml:7:15: "models[0].released" must be a date or a month such as 2026-01-31 or 2026-01, not the text "soon".',
      ],
    },
    {
      fault: 'benchmark-out-of-range',
      message: [
        'acme.yaml:13:31: "models[0].benchmarks.vendor.gpqa_diamond" must be from 0 to 100, not 505.',
      ],
    },
    {
      fault: 'broken-syntax',
      message: [
        'acme.yaml:11:5: the indentation is wrong, or a bracket that was opened before is not closed.',
      ],
    },
    {
      fault: 'capability-twice',
      message: ['acme.yaml:10:19: "models[0].capabilities" must not name a capability twice.'],
    },
    {
      fault: 'infinite-price',
      message: [
        'acme.yaml:18:36: "models[0].hosts[0].price.output" must be a number, not Infinity.',
      ],
    },
    {
      fault: 'misspelt-key',
      message: [
        'acme.yaml:4:5: "models[0].display_name" is missing; it must be text.',
        'acme.yaml:5:5: unknown option "display_nam"; did you mean "display_name"?',
      ],
    },
    {
      fault: 'negative-price',
      message: ['acme.yaml:18:25: "models[0].hosts[0].price.input" must be at least 0, not -1.'],
    },
    { fault: 'no-hosts', message: ['acme.yaml:15:12: "models[0].hosts" must not be empty.'] },
    { fault: 'no-models', message: ['acme.yaml:3:9: "models" must not be empty.'] },
    {
      fault: 'other-vendor',
      message: [
        'acme.yaml:4:9: "other/one" belongs in a file named after its vendor, not in acme.yaml.',
      ],
    },
    {
      fault: 'price-not-a-number',
      message: [
        'acme.yaml:18:36: "models[0].hosts[0].price.output" must be a number, not the text "cheap".',
      ],
    },
    {
      fault: 'price-without-source',
      message: ['acme.yaml:18:9: "models[0].hosts[0].price.source" is missing; it must be text.'],
    },
    {
      fault: 'same-alias-twice',
      message: ['acme.yaml:21:15: "one-2026-01-01" is already a name of "acme/one".'],
    },
    {
      fault: 'same-id-twice',
      message: ['acme.yaml:19:9: "acme/one" is already a name of "acme/one".'],
    },
    {
      fault: 'source-not-a-page',
      message: [
        'acme.yaml:2:18: "sources.vendor.url" must be a URL such as https://host.example/page, or a page of this project such as docs/catalog.md, not the text "somewhere".',
      ],
    },
    {
      fault: 'tiers-not-ascending',
      message: [
        'acme.yaml:18:62: "models[0].hosts[0].price.tiers" must be in ascending order of above_input_tokens.',
      ],
    },
    {
      fault: 'unknown-benchmark',
      message: ['acme.yaml:13:17: unknown option "gpqa_diamant"; did you mean "gpqa_diamond"?'],
    },
    {
      fault: 'unknown-capability',
      message: [
        'acme.yaml:10:27: "models[0].capabilities[1]" must be "tools", "parallel_tools", "vision", "audio", "pdf", "json_mode", "json_schema", "reasoning", "prompt_caching" or "embeddings", not the text "json_mod"; did you mean "json_mode"?',
      ],
    },
    {
      fault: 'unknown-provider',
      message: [
        'acme.yaml:16:19: "models[0].hosts[0].provider" must be "ai21", "alibaba", "anthropic", "azure", "bedrock", "cerebras", "cohere", "deepseek", "fireworks", "google", "groq", "minimax", "mistral", "moonshot", "nvidia", "ollama", "openai", "openrouter", "simulation", "together", "vertex", "xai" or "zai", not the text "openruter"; did you mean "openrouter"?',
      ],
    },
    {
      fault: 'unknown-source',
      message: ['acme.yaml:18:47: this file has no source "vender"; did you mean "vendor"?'],
    },
    {
      fault: 'unknown-source-of-retirement',
      message: ['acme.yaml:19:46: this file has no source "rumour".'],
    },
    {
      fault: 'upper-case-id',
      message: [
        'acme.yaml:4:9: "models[0].id" must be a vendor and a name in lower case, such as openai/gpt-5-mini, not the text "Acme/One".',
      ],
    },
    {
      fault: 'zero-context',
      message: ['acme.yaml:8:21: "models[0].context_window" must be more than 0, not 0.'],
    },
  ])('reports the line and column: $fault', async ({ fault, message }) => {
    const text = await readFile(path.join(FAULTY, `${fault}.yaml`), 'utf8');

    const faults = await faultsOf({ 'acme.yaml': text });

    expect(faults).toEqual(message);
  });

  test('covers every file in the folder of faulty examples', async () => {
    const files = await readdir(FAULTY);

    expect(files).toHaveLength(24);
  });

  test('reports the faults of all files', async () => {
    const bad = await readFile(path.join(FAULTY, 'zero-context.yaml'), 'utf8');

    const faults = await faultsOf({ 'acme.yaml': bad, 'other.yaml': 'models:\n- a: [' });

    expect(faults.map((fault) => fault.split(':')[0])).toEqual(['acme.yaml', 'other.yaml']);
  });

  test('reports a name that two files use', async () => {
    const one = await readFile(path.join(FAULTY, 'same-alias-twice.yaml'), 'utf8');
    const acme = one.replace(/aliases: .*/g, 'aliases: []');
    const other = acme.replaceAll('acme/', 'other/').replace('aliases: []', 'aliases: [ACME/one]');

    const faults = await faultsOf({ 'acme.yaml': acme, 'other.yaml': other });

    expect(faults).toEqual(['other.yaml:6:15: "acme/one" is already a name of "acme/one".']);
  });
});

describe('loadCatalog', () => {
  test('ignores other files, and accepts YAML that requires the full parser', async () => {
    const text = await readFile(path.join(FAULTY, 'zero-context.yaml'), 'utf8');
    await writeFile(path.join(folder, 'README.md'), '# not a catalog');
    await writeFile(
      path.join(folder, 'acme.yaml'),
      text.replace(
        'context_window: 0',
        "context_window: 0x1f40 # eight thousand, 'in hexadecimal'",
      ),
    );

    const catalog = await loadCatalog(folder);

    expect(catalog.find('one-2026-01-01')?.contextWindow).toBe(8000);
  });

  test('rejects a missing folder instead of returning an empty catalog', async () => {
    await expect(loadCatalog(path.join(folder, 'nowhere'))).rejects.toThrow('ENOENT');
  });
});
