import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SHIPPED } from '../support/app.js';
import type { Io } from '../../src/cli/io.js';
import { systemClock } from '../../src/core/clock.js';
import { RULES_HELP, rulesCommand } from '../../src/cli/rules.js';

const shipped = SHIPPED;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cli-rules-'));
  await writeFile(
    at('suffice.yaml'),
    'providers: { simulation: {} }\nrouter: { predictor: heuristic }\n',
  );
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function at(name: string): string {
  return path.join(folder, name);
}

async function run(...args: readonly string[]) {
  let [out, err] = ['', ''];
  const io: Io = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    env: {},
    readStdin: () => Promise.resolve(''),
  };
  const code = await rulesCommand(args, { io, shipped, clock: systemClock });
  return { code, out, err };
}

const RULES = `version: 1
policies: { auto: {} }
rules:
  - name: careful
    when: request.images > 0
    keep: 0.99
`;

const inFolder = (...args: readonly string[]) => run(...args, '--config', at('suffice.yaml'));

describe('suffice rules check', () => {
  test('finds no faults in the shipped rules', async () => {
    const { code, out } = await inFolder('check', '--strict');

    expect(code).toBe(0);
    expect(out).toMatch(/default\.yaml: 4 policies, \d+ rules; 0 errors, 0 warnings\.\n$/);
  });

  test('checks the rules file of the configuration', async () => {
    await writeFile(at('my.yaml'), RULES);
    await writeFile(at('suffice.yaml'), 'providers: { simulation: {} }\nrules: my.yaml\n');

    const { code, out } = await inFolder('check');

    expect(code).toBe(0);
    expect(out).toBe(`${at('my.yaml')}: 1 policy, 1 rule; 0 errors, 0 warnings.\n`);
  });

  test('reports every error and exits with 1', async () => {
    await writeFile(at('my.yaml'), `${RULES}    pin: simulation/tiny\n`);

    const { code, out } = await inFolder('check', at('my.yaml'));

    expect(code).toBe(1);
    expect(out).toBe(
      `${at('my.yaml')}:7:10: error: there is no model "simulation/tiny"; did you mean "simulation/nano"?\n` +
        `${at('my.yaml')}: 1 policy, 1 rule; 1 error, 0 warnings.\n`,
    );
  });

  test('fails for a warning only with --strict', async () => {
    await writeFile(at('my.yaml'), `${RULES}  - { name: idle, when: request.stream }\n`);

    const lenient = await inFolder('check', at('my.yaml'));
    const strict = await inFolder('check', at('my.yaml'), '--strict');

    expect(lenient.out).toContain(':7:5: warning: rule "idle" matches, but changes nothing.\n');
    expect([lenient.code, strict.code]).toEqual([0, 1]);
  });

  test('throws the faults of a file that does not fit the schema', async () => {
    await writeFile(at('my.yaml'), 'version: 1\npolicys: {}\n');

    await expect(inFolder('check', at('my.yaml'))).rejects.toThrow(
      `${at('my.yaml')}:2:1: error: unknown option "policys"; did you mean "policies"?`,
    );
  });
});

describe('suffice rules test', () => {
  const TESTS = `version: 1
tests:
  - name: somebody answers
    input: Hello!
    expect: { model: "simulation/*", unmatched: [careful] }
`;

  test('runs the tests beside the rules with the configured models', async () => {
    await writeFile(at('my.yaml'), RULES);
    await writeFile(at('my.test.yaml'), TESTS);

    const { code, out } = await inFolder('test', at('my.yaml'));
    const strict = await inFolder('test', '--strict', at('my.yaml'));

    expect(out).toBe(
      `${at('my.test.yaml')}: 1 of 1 tests passed. No test matches: careful (line 4).\n`,
    );
    expect([code, strict.code]).toEqual([0, 1]);
  });

  test('fails when a test fails, and shows the expected and the actual value', async () => {
    await writeFile(at('my.yaml'), RULES);
    await writeFile(at('my.test.yaml'), TESTS.replace('simulation/*', 'openai/*'));

    const { code, out } = await inFolder('test', at('my.yaml'));

    expect(code).toBe(1);
    expect(out).toMatch(/my\.test\.yaml:3:5: failed: somebody answers\n +expected +got\n/);
    expect(out).toMatch(/ model +openai\/\* +simulation\/\w+\n/);
  });

  test('reports that there are no tests', async () => {
    await writeFile(at('my.yaml'), RULES);

    const { code, err } = await inFolder('test', at('my.yaml'));
    const strict = await inFolder('test', at('my.yaml'), '--strict');

    expect(err).toBe(`${at('my.yaml')} has no tests: there is no ${at('my.test.yaml')}.\n`);
    expect([code, strict.code]).toEqual([0, 1]);
  });
});

describe('suffice rules', () => {
  test('prints help', async () => {
    const { code, out } = await run('--help');

    expect({ code, out }).toEqual({ code: 0, out: RULES_HELP });
  });

  test.each([
    [[], 'a subcommand is missing: check or test'],
    [['chekc'], 'unknown subcommand "chekc"; did you mean "check"?'],
    [['lint'], 'unknown subcommand "lint"; the subcommands are check and test'],
    [['tests'], 'unknown subcommand "tests"; did you mean "test"?'],
    [['check', 'a', 'b'], 'only one file can be given'],
    [['check', '--fast'], /Unknown option '--fast'/],
  ])('rejects %j as a usage error', async (args, message) => {
    await expect(run(...args)).rejects.toThrow(message);
  });
});
