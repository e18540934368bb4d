import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { configurationPage } from '../../docs/configuration.js';
import { configJsonSchema, editorSchema, optionsBelow } from '../../src/config/describe.js';
import { loadConfig } from '../../src/config/load.js';

const ROOT = path.join(import.meta.dirname, '../..');
const EXAMPLE = path.join(ROOT, 'suffice.example.yaml');

const read = (name: string): Promise<string> => readFile(path.join(ROOT, name), 'utf8');

describe('documentation of the options', () => {
  test('docs/configuration.md equals the output of `npm run docs`', async () => {
    const page = configurationPage(await readFile(EXAMPLE, 'utf8'));

    expect(await read('docs/configuration.md')).toBe(page);
  });

  test('docs/config.schema.json equals the output of `npm run docs`', async () => {
    expect(JSON.parse(await read('docs/config.schema.json'))).toEqual(editorSchema());
  });

  test('describes every option', () => {
    const sections = Object.entries(configJsonSchema().properties ?? {});
    const options = sections.flatMap(([name, node]) => optionsBelow(name, node));

    const silent = options.filter(({ node }) => node.description === undefined);

    expect(options.length).toBeGreaterThan(50);
    expect(silent.map((option) => option.path)).toEqual([]);
  });

  test.each([
    '| `server.port` | whole number, 0 to 65535 | `4300` |',
    '| `server.max_body_bytes` | whole number, 1024 to 536870912 | `20971520` (20 MiB) |',
    '| `server.max_header_bytes` | whole number, 1024 to 1048576 | `16384` (16 KiB) |',
    '| `timeouts.first_byte_ms` | whole number, at least 1 | `300000` (5 min) |',
    '| `providers.NAME.base_url` | URL |  |',
    '| `log.level` | `debug`, `info`, `warn`, `error`, `silent` | `"info"` |',
    '| `keys[].name` | text | required |',
    '| `budget.daily_usd` | number, at least 0 or empty |  |',
    '| `auto.models` | list of texts | `["*"]` |',
    '| `aliases` | map of texts | `{}` |',
    '| `models.VENDOR/NAME.prices.PROVIDER.tiers[].input` | number, at least 0 or empty | required |',
  ])('contains the row %s', async (row) => {
    expect(await read('docs/configuration.md')).toContain(row);
  });

  test('requires an example of every section', () => {
    expect(() => configurationPage('server: {}\n')).toThrow(/has no section "providers"/);
  });
});

describe('JSON schema for editors', () => {
  const properties = (editorSchema() as { properties: Record<string, object> }).properties;

  test('accepts a placeholder for a number, and an empty section', () => {
    expect(properties['server']).toMatchObject({
      type: ['object', 'null'],
      properties: {
        port: {
          default: 4300,
          anyOf: [{ type: 'integer', minimum: 0 }, { $ref: '#/definitions/placeholder' }],
        },
        host: { type: 'string' },
      },
    });
  });

  test('contains no annotations that are only for messages', () => {
    expect(JSON.stringify(properties)).not.toContain('"secret"');
  });
});

describe('suffice.example.yaml', () => {
  const env = {
    OPENAI_API_KEY: 'k1',
    ANTHROPIC_API_KEY: 'k2',
    WEBSITE_KEY: '0123456789abcdef-1',
    BATCH_KEY: '0123456789abcdef-2',
  };

  test('is valid without warnings', async () => {
    const { config, warnings } = await loadConfig(EXAMPLE, env);

    expect(warnings).toEqual([]);
    expect(config.server.port).toBe(4300);
    expect(config.budget.dailyUsd).toBeNull();
  });

  test('reads values from the environment', async () => {
    const { config } = await loadConfig(EXAMPLE, { ...env, PORT: '80', DAILY_USD: '2.5' });

    expect(config.server.port).toBe(80);
    expect(config.budget.dailyUsd).toBe(2.5);
  });
});
