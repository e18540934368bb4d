import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { editorSchema } from '../src/config/describe.js';
import { configurationPage } from './configuration.js';
import { providersPage } from './providers.js';

const ROOT = path.join(import.meta.dirname, '..');
const example = await readFile(path.join(ROOT, 'suffice.example.yaml'), 'utf8');

await writeFile(path.join(ROOT, 'docs/configuration.md'), configurationPage(example));
await writeFile(path.join(ROOT, 'docs/providers.md'), providersPage());
await writeFile(
  path.join(ROOT, 'docs/config.schema.json'),
  `${JSON.stringify(editorSchema(), null, 2)}\n`,
);
