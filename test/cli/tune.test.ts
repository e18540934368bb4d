import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeTinyArtefacts } from '../route/tiny-artefacts.js';
import { writeGoodAnswers, writeOutcomes } from './outcome-files.js';
import { runTune, tunable, type Ended } from './run-tune.js';

let artefacts: string;
let folder: string;

beforeAll(() => {
  artefacts = writeTinyArtefacts();
});

afterAll(() => {
  rmSync(artefacts, { recursive: true, force: true });
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-tune-'));
  await writeFile(path.join(folder, 'suffice.yaml'), tunable(artefacts, folder));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** A line with an unknown model, which causes a warning. */
const UNKNOWN_MODEL_LINE =
  '{"id":"x","prompt":"Who is there?","outcomes":{"acme/unheard-of-1":{"score":1}}}';

/** Receives the standard error of a command. */
let onErr: (text: string) => void = () => undefined;

const tune = (...args: readonly string[]): Promise<Ended> =>
  runTune(path.join(folder, 'suffice.yaml'), args, (text) => {
    onErr(text);
  });

const outcomes = (count: number, luck: number, seed = 1): Promise<string> =>
  writeOutcomes(folder, count, luck, seed);

describe('suffice tune', () => {
  test('installs an improvement, which can be listed, rolled back and restored', async () => {
    const file = await outcomes(100, 0.1);

    const fitted = await tune('--from', file);
    const listed = await tune('list');
    const noEarlier = await tune('rollback');
    const off = await tune('off');
    const back = await tune('rollback');

    expect(fitted).toMatchObject({ code: 0, err: '' });
    expect(fitted.out).toContain('100 prompts, 2 models, 200 graded answers');
    expect(fitted.out).toMatch(/log-loss +0\.\d{4} +0\.\d{4} +−0\.\d{4} \[−0\.\d{4}, −0\.\d{4}\]/);
    expect(fitted.out).toContain('APGR');
    expect(fitted.out).toMatch(/0001-[0-9a-f]{12} is in force/);
    expect(listed.out).toMatch(/^\* +0001-/m);
    expect(noEarlier).toMatchObject({ code: 1, out: '' });
    expect(noEarlier.err).toContain('there is no earlier head');
    expect(off.code).toBe(0);
    expect(back.out).toMatch(/^0001-[0-9a-f]{12} is in force/);
  });

  test('does not install a head that is no improvement', async () => {
    // Random grades teach only their mean, and then nothing more.
    await tune('--from', await outcomes(100, 1), '--folds', '2');

    const result = await tune('--from', await outcomes(110, 1, 2), '--folds', '2');

    expect(result.code).toBe(1);
    expect(result.out).toContain('Nothing was installed');
    expect((await tune('list')).out).not.toContain('0002-');
  });

  test('only measures on a dry run', async () => {
    const result = await tune('--from', await outcomes(100, 0.1), '--dry-run', '--folds', '2');

    expect(result.code).toBe(0);
    expect(result.out).toContain('It would be installed');
    expect((await tune('list')).out).toBe('nothing has been tuned here\n');
  });

  test('does not replace a head that was installed while it was fitting', async () => {
    const file = await outcomes(100, 0.1);
    const id = /0001-[0-9a-f]{12}/.exec((await tune('--from', file)).out)?.[0];
    await tune('off');
    const head = JSON.stringify({ version: 1, head: id, changed: '', before: [] });
    await writeFile(file, `${await readFile(file, 'utf8')}${UNKNOWN_MODEL_LINE}\n`);
    onErr = () => {
      writeFileSync(path.join(folder, 'state/heads/current.json'), head);
      onErr = () => undefined;
    };

    const { code, out, err } = await tune('--from', file);

    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/another head was put in force in the meantime/u);
  });

  test.each([['list'], ['off'], ['--from', 'missing.jsonl']])(
    '%s explains that the state folder is a file',
    async (...args) => {
      const { code, err } = await tune(...args, '-o', path.join(folder, 'suffice.yaml'));

      expect(code).toBe(1);
      expect(err).toMatch(/heads: (the folder cannot be read|nothing can be written).*ENOTDIR/u);
    },
  );

  test('compares with the installed head on prompts that it was not fitted on', async () => {
    const first = await outcomes(60, 0.1);
    const more = await outcomes(170, 0.1);
    await tune('--from', first, '--folds', '2');

    const again = await tune('--from', more, '--folds', '2');

    expect(again.out).toContain('the head in force');
  });

  test('lists heads and rolls back to a named one when the pointer is damaged, and rejects an ambiguous id', async () => {
    await tune('--from', await outcomes(60, 0.1), '--folds', '2');
    await tune('--from', await outcomes(61, 0.1), '--folds', '2', '--replace');
    const pointer = path.join(folder, 'state', 'heads', 'current.json');
    const ambiguous = await tune('rollback', '0');
    await writeFile(pointer, '{"version":1');

    const listed = await tune('list');
    const unnamed = await tune('rollback');
    const named = await tune('rollback', '0001');
    const after = await tune('list');

    expect(ambiguous).toMatchObject({ code: 1, out: '' });
    expect(ambiguous.err).toMatch(/"0" may mean 0001-\w+ or 0002-/u);
    expect(listed.out).toMatch(/0001-.*\n.*0002-/u);
    expect(listed.err).toContain('current.json: not a pointer to a head');
    expect(listed.err).toContain('"suffice tune rollback ID"');
    expect(unnamed).toMatchObject({ code: 1, out: '' });
    expect(unnamed.err).toContain('not a pointer to a head; "suffice tune rollback ID"');
    expect(named.out).toMatch(/^0001-\w+ is in force/u);
    expect(after).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^\* +0001-/mu) });
  });

  test('keeps a head that it cannot compare with, except with --replace', async () => {
    const first = await outcomes(110, 0.1);
    const good = await writeGoodAnswers(folder, 60);
    const more = await writeGoodAnswers(folder, 150);
    await tune('--from', first, '--folds', '2');

    const few = await tune('--from', good, '--folds', '2');
    const ofOneModel = await tune('--from', more, '--folds', '2');
    const kept = await tune('list');
    const replaced = await tune('--from', good, '--folds', '2', '--replace');

    expect(few.code).toBe(1);
    expect(few.out).toContain('only 60 prompts with text are new to it');
    expect(few.out).toContain(
      `of the 110 prompts that it was tuned on (${first}) only 0 are among these`,
    );
    expect(few.out).toContain('--replace');
    expect(ofOneModel.code).toBe(1);
    expect(ofOneModel.out).toMatch(/0 prompts .* graded answer of acme\/strong-1/u);
    expect(kept.out).not.toContain('0002-');
    expect(replaced.code).toBe(0);
    expect(replaced.out).toMatch(/0002-[0-9a-f]{12} is in force/u);
  });

  test("compares with the installed head by cross-validation when that head's prompts are given again", async () => {
    const first = await outcomes(110, 0.1);
    await tune('--from', first, '--folds', '2');

    const both = await tune(
      '--from',
      first,
      '--from',
      await writeGoodAnswers(folder, 60),
      '--folds',
      '2',
    );

    expect(both.out).toContain('the head in force, cross-validated');
    expect(both.out).toMatch(/0002-[0-9a-f]{12} is in force/u);
  });

  test('explains why routing was not measured, and warns of unknown models', async () => {
    const { out, err } = await tune(
      ...[
        '--from',
        await writeGoodAnswers(folder, 60, 'openai/gpt-4o-mni'),
        '--dry-run',
        '--folds',
        '2',
      ],
    );

    expect(out).toContain('Routing was not measured: ');
    expect(out).not.toContain('recovers');
    expect(err).toMatch(
      /^warning: unknown model "openai\/gpt-4o-mni"; did you mean "openai\/gpt-4o-mini"\?/mu,
    );
  });

  test('does not measure routing between models whose difference may be chance', async () => {
    const { out } = await tune('--from', await outcomes(100, 1, 2), '--dry-run', '--folds', '2');

    expect(out).toContain(
      'Routing was not measured: too few prompts have answers of both acme/weak-1 and acme/strong-1 to tell',
    );
  });

  test('accepts the same prompts again, as after a correction of their grades', async () => {
    const file = await outcomes(110, 0.3);
    await tune('--from', file, '--folds', '2');

    const { out } = await tune('--from', file, '--folds', '2');

    expect(out).toMatch(
      /the head in force, cross-validated +log-loss .* \+0\.0000 \[\+0\.0000, \+0\.0000\]/u,
    );
    expect(out).toMatch(/0002-[0-9a-f]{12} is in force/u);
  });

  test('warns of the feedback that it skips', async () => {
    const kept = { at: '', decision: 'dec_1', caller: '', scores: {}, predicted: {}, text: null };
    const alien = { ...kept, predictor: 'another', vector_length: 1, numbers: 'AAAA' };
    await mkdir(path.join(folder, 'state'));
    await writeFile(
      path.join(folder, 'state', 'feedback.jsonl'),
      `${JSON.stringify(alien)}\n{"at":"brok\n`,
    );

    const { code, err } = await tune(
      '--from',
      await writeGoodAnswers(folder, 60),
      '--from',
      'feedback',
      '-n',
    );

    expect(code).toBe(0);
    expect(err).toMatch(/^warning: unreadable lines of the feedback in \S+ are skipped: 1$/mu);
    expect(err).toMatch(
      /^warning: grades in \S+ on another predictor's decisions are skipped: 1$/mu,
    );
  });

  test.each([1, 2])('requires distinct prompts, not many copies of %i', async (different) => {
    const file = await writeGoodAnswers(
      folder,
      60,
      'acme/weak-1',
      (i) => `Say hello to ${i % different}`,
    );

    const { code, err } = await tune('--from', file);

    expect(code).toBe(1);
    expect(err).toContain(
      `${different} graded prompts (60 lines, some of them of the same prompt) are too few`,
    );
  });

  test('counts equal prompts once in its confidence intervals', async () => {
    const once = await outcomes(60, 0.6);
    const text = await readFile(once, 'utf8');
    const often = path.join(folder, 'often.jsonl');
    await writeFile(often, text.repeat(8));
    const widthOf = ({ out }: { readonly out: string }): number => {
      const [, low, high] = /log-loss .*\[(.\d\.\d+), (.\d\.\d+)\]/u.exec(out) ?? [];
      return Number(high?.replace('−', '-')) - Number(low?.replace('−', '-'));
    };

    const single = widthOf(await tune('--from', once, '--dry-run', '--folds', '2'));
    const eightfold = widthOf(await tune('--from', often, '--dry-run', '--folds', '2'));

    expect(eightfold).toBeGreaterThan(0.7 * single);
  });

  test.each([
    { fault: 'a missing --from option', args: [], says: '--from FILE is missing' },
    { fault: 'an unknown subcommand', args: ['lst'], says: 'neither list, rollback nor off' },
    { fault: 'an extra argument', args: ['list', 'all'], says: 'unexpected argument' },
    { fault: 'too few folds', args: ['--from', 'x', '--folds', '1'], says: 'from 2 to 20' },
  ])('rejects $fault as a usage error', async ({ args, says }) => {
    const result = await tune(...args);

    expect(result.code).toBe(2);
    expect(result.err).toContain(says);
  });

  test('explains that a file is too short or missing', async () => {
    const short = await tune('--from', await outcomes(20, 0.1));
    const absent = await tune('--from', path.join(folder, 'absent.jsonl'));
    const help = await tune('--help');

    expect(short).toMatchObject({ code: 1 });
    expect(short.err).toContain('20 graded prompts are too few');
    expect(absent).toMatchObject({ code: 1 });
    expect(absent.err).toContain('no such file');
    expect(help.out).toContain('Usage: suffice tune');
  });
});
