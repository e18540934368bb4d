import { readFileSync } from 'node:fs';
import { ERROR_STATUS } from '../../src/core/errors.js';

test('docs/errors.md lists exactly the error codes with their status', () => {
  const page = readFileSync('docs/errors.md', 'utf8');

  const rows = [...page.matchAll(/^\| `([a-z_]+)` +\| (\d{3}) +\|/gmu)];

  expect(Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]))).toEqual(
    ERROR_STATUS,
  );
});
