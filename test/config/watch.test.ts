import { mkdir, mkdtemp, rename, rm, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';

import { watchFiles, type FileWatcher } from '../../src/config/watch.js';
import { FakeClock } from '../support/fake-clock.js';

const INTERVAL_MS = 500;

let folder: string;
let file: string;
let clock: FakeClock;
let changes: (readonly string[])[];
let watch: FileWatcher | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-watch-'));
  file = path.join(folder, 'suffice.yaml');
  clock = new FakeClock();
  changes = [];
});

afterEach(async () => {
  watch?.close();
  await rm(folder, { recursive: true });
});

/** Lets the look under way end, which is when the next one is set. */
async function lookedOnce(): Promise<void> {
  while (clock.waiting === 0) await nextTurn();
}

async function look(times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    clock.advance(INTERVAL_MS);
    await lookedOnce();
  }
}

async function start(files: readonly string[] = [file]): Promise<void> {
  watch = watchFiles(files, (changed) => changes.push(changed.map((name) => path.basename(name))), {
    clock,
    intervalMs: INTERVAL_MS,
  });
  await lookedOnce();
}

describe('a watched file', () => {
  test('that stays as it is says nothing', async () => {
    await writeFile(file, 'one');
    await start();

    await look(5);

    expect(changes).toEqual([]);
  });

  test('tells of a write once it has come to rest', async () => {
    await writeFile(file, 'one');
    await start();

    await writeFile(file, 'two');
    await look();
    const early = [...changes];
    await look(4);

    expect(early).toEqual([]);
    expect(changes).toEqual([['suffice.yaml']]);
  });

  test('tells of each of two changes', async () => {
    await writeFile(file, 'one');
    await start();

    await writeFile(file, 'two');
    await look(3);
    await writeFile(file, 'three');
    await look(3);

    expect(changes).toHaveLength(2);
  });

  test('that is written to again and again makes one change of it', async () => {
    await writeFile(file, 'one');
    await start();

    for (let i = 0; i < 10; i++) {
      await writeFile(file, `draft ${i}${'.'.repeat(i)}`);
      await look();
    }
    const during = [...changes];
    await look(3);

    expect(during).toEqual([]);
    expect(changes).toHaveLength(1);
  });

  test('tells of a file renamed over it, and of the next one', async () => {
    await writeFile(file, 'one');
    await start();

    for (const content of ['two', 'six']) {
      await writeFile(`${file}.new`, content);
      await rename(`${file}.new`, file);
      await look(3);
    }

    expect(changes).toHaveLength(2);
  });

  test('tells of a folder swapped behind symbolic links, as Kubernetes does', async () => {
    for (const version of ['v1', 'v2']) {
      await mkdir(path.join(folder, version));
      await writeFile(path.join(folder, version, 'suffice.yaml'), version);
    }
    await symlink('v1', path.join(folder, '..data'));
    await symlink('..data/suffice.yaml', file);
    await start();

    await symlink('v2', path.join(folder, '..data_tmp'));
    await rename(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
    await look(3);

    expect(changes).toEqual([['suffice.yaml']]);
  });

  test('tells when it comes into being', async () => {
    await start();

    await writeFile(file, 'one');
    await look(3);

    expect(changes).toEqual([['suffice.yaml']]);
  });

  test('tells when it is gone, and when it is back with something else', async () => {
    await writeFile(file, 'one');
    await start();

    await unlink(file);
    await look(3);
    await writeFile(file, 'two');
    await look(3);

    expect(changes).toHaveLength(2);
  });

  test('says nothing when it was deleted and written again as it was', async () => {
    await writeFile(file, 'one');
    await start();

    await unlink(file);
    await look();
    await writeFile(file, 'one');
    await look(3);

    expect(changes).toEqual([]);
  });

  test('says nothing when it was only touched', async () => {
    await writeFile(file, 'one');
    await start();

    await utimes(file, 1, 1);
    await look(3);

    expect(changes).toEqual([]);
  });
});

describe('several watched files', () => {
  test('that change together are told together', async () => {
    const rules = path.join(folder, 'rules.yaml');
    await writeFile(file, 'one');
    await start([file, rules]);

    await writeFile(file, 'two');
    await look();
    await writeFile(rules, 'two');
    await look(4);

    expect(changes).toEqual([['suffice.yaml', 'rules.yaml']]);
  });

  test('are told apart', async () => {
    const rules = path.join(folder, 'rules.yaml');
    await writeFile(file, 'one');
    await start([file, rules]);

    await writeFile(rules, 'two');
    await look(3);

    expect(changes).toEqual([['rules.yaml']]);
  });
});

describe('a closed watch', () => {
  test('leaves nothing behind', async () => {
    await writeFile(file, 'one');
    await start();

    watch?.close();

    expect(clock.waiting).toBe(0);
  });

  test('does not call, though a change was under way', async () => {
    await writeFile(file, 'one');
    await start();
    await writeFile(file, 'two');
    await look();

    clock.advance(INTERVAL_MS);
    watch?.close();
    for (let i = 0; i < 50; i++) await nextTurn();

    expect(changes).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});
