import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { providersPage } from '../../docs/providers.js';

const PAGE = path.join(import.meta.dirname, '../../docs/providers.md');

test('docs/providers.md is up to date with `npm run docs`', async () => {
  expect(await readFile(PAGE, 'utf8')).toBe(providersPage());
});
