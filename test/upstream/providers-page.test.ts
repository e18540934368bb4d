import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { providersPage } from '../../docs/providers.js';

const PAGE = path.join(import.meta.dirname, '../../docs/providers.md');

test('the page of providers is what `npm run docs` makes', async () => {
  expect(await readFile(PAGE, 'utf8')).toBe(providersPage());
});
