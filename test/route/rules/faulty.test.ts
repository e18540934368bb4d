import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { FaultyFileError, formatFault } from '../../../src/core/errors.js';
import type { KnownKey } from '../../../src/route/rules/check/callers.js';
import { checkRules, type CheckContext } from '../../../src/route/rules/check.js';
import { loadRules, parseRules } from '../../../src/route/rules/load.js';
import { MODELS } from './models.js';

const FOLDER = path.join(import.meta.dirname, 'faulty');

/** Every file ends with the expected messages, each after `#!`. */
const FILES = readdirSync(FOLDER).map((name) => {
  const text = readFileSync(path.join(FOLDER, name), 'utf8');
  const expected = text
    .split('\n')
    .flatMap((line) => (line.startsWith('#! ') ? [line.slice(3)] : []));
  // `#keys [{ name, metadata }]`: those of the configuration.
  const [, keys = '[]'] = /^#keys (.*)$/m.exec(text) ?? [];
  // `#choosable ["vendor/name"]`: the models that may be chosen.
  const [, choosable] = /^#choosable (.*)$/m.exec(text) ?? [];
  const known = {
    models: MODELS,
    keys: JSON.parse(keys) as readonly KnownKey[],
    choosable: choosable === undefined ? undefined : (JSON.parse(choosable) as readonly string[]),
  };
  return { name, text, expected, known };
});

function faultsOf(file: string, text: string, known: CheckContext): readonly string[] {
  try {
    return checkRules(parseRules(file, text), known).map(formatFault);
  } catch (error) {
    if (error instanceof FaultyFileError) return error.faults.map(formatFault);
    throw error;
  }
}

describe('faulty rules file', () => {
  test.each(FILES)(
    'is rejected with every fault and its position: $name',
    ({ name, text, expected, known }) => {
      const faults = faultsOf(name, text, known);

      expect(faults).toEqual(expected.map((line) => `${name}:${line}`));
      expect(faults.length).toBeGreaterThan(0);
    },
  );

  test('is reported as missing by its name', async () => {
    await expect(loadRules('no/such.yaml')).rejects.toThrow(
      'no/such.yaml: error: there is no such file.',
    );
  });

  test('is reported as unreadable with the reason', async () => {
    await expect(loadRules(FOLDER)).rejects.toThrow(
      /faulty: error: the file cannot be read: EISDIR/,
    );
  });
});
