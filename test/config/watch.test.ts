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

/** Waits for the end of a poll, when the next one is scheduled. */
async function pollEnded(): Promise<void> {
  while (clock.waiting === 0) await nextTurn();
}

async function poll(times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    clock.advance(INTERVAL_MS);
    await pollEnded();
  }
}

async function start(files: readonly string[] = [file]): Promise<void> {
  watch = watchFiles(files, (changed) => changes.push(changed.map((name) => path.basename(name))), {
    clock,
    intervalMs: INTERVAL_MS,
  });
  await pollEnded();
}

describe('watchFiles', () => {
  test('reports nothing while a file is unchanged', async () => {
    await writeFile(file, 'one');
    await start();

    await poll(5);

    expect(changes).toEqual([]);
  });

  test('reports a write once the file is stable', async () => {
    await writeFile(file, 'one');
    await start();

    await writeFile(file, 'two');
    await poll();
    const early = [...changes];
    await poll(4);

    expect(early).toEqual([]);
    expect(changes).toEqual([['suffice.yaml']]);
  });

  test('reports each of two changes', async () => {
    await writeFile(file, 'one');
    await start();

    await writeFile(file, 'two');
    await poll(3);
    await writeFile(file, 'three');
    await poll(3);

    expect(changes).toHaveLength(2);
  });

  test('reports one change for a series of writes', async () => {
    await writeFile(file, 'one');
    await start();

    for (let i = 0; i < 10; i++) {
      await writeFile(file, `draft ${i}${'.'.repeat(i)}`);
      await poll();
    }
    const during = [...changes];
    await poll(3);

    expect(during).toEqual([]);
    expect(changes).toHaveLength(1);
  });

  test('reports a file renamed over the watched one, every time', async () => {
    await writeFile(file, 'one');
    await start();

    for (const content of ['two', 'six']) {
      await writeFile(`${file}.new`, content);
      await rename(`${file}.new`, file);
      await poll(3);
    }

    expect(changes).toHaveLength(2);
  });

  test('reports a folder swapped behind symbolic links, as in Kubernetes', async () => {
    for (const version of ['v1', 'v2']) {
      await mkdir(path.join(folder, version));
      await writeFile(path.join(folder, version, 'suffice.yaml'), version);
    }
    await symlink('v1', path.join(folder, '..data'));
    await symlink('..data/suffice.yaml', file);
    await start();

    await symlink('v2', path.join(folder, '..data_tmp'));
    await rename(path.join(folder, '..data_tmp'), path.join(folder, '..data'));
    await poll(3);

    expect(changes).toEqual([['suffice.yaml']]);
  });

  test('reports that a file was created', async () => {
    await start();

    await writeFile(file, 'one');
    await poll(3);

    expect(changes).toEqual([['suffice.yaml']]);
  });

  test('reports that a file was deleted, and that it was recreated with other content', async () => {
    await writeFile(file, 'one');
    await start();

    await unlink(file);
    await poll(3);
    await writeFile(file, 'two');
    await poll(3);

    expect(changes).toHaveLength(2);
  });

  test('reports nothing when a file was deleted and recreated with the same content', async () => {
    await writeFile(file, 'one');
    await start();

    await unlink(file);
    await poll();
    await writeFile(file, 'one');
    await poll(3);

    expect(changes).toEqual([]);
  });

  test('reports nothing when only the modification time changes', async () => {
    await writeFile(file, 'one');
    await start();

    await utimes(file, 1, 1);
    await poll(3);

    expect(changes).toEqual([]);
  });
});

describe('watchFiles with several files', () => {
  test('reports changes at the same time together', async () => {
    const rules = path.join(folder, 'rules.yaml');
    await writeFile(file, 'one');
    await start([file, rules]);

    await writeFile(file, 'two');
    await poll();
    await writeFile(rules, 'two');
    await poll(4);

    expect(changes).toEqual([['suffice.yaml', 'rules.yaml']]);
  });

  test('waits until all of them are stable', async () => {
    const rules = path.join(folder, 'rules.yaml');
    await writeFile(file, 'one');
    await start([file, rules]);

    await writeFile(file, 'two');
    await poll();
    await writeFile(rules, 'half of');
    await poll();
    const early = [...changes];
    await writeFile(rules, 'half of it and the rest');
    await poll(4);

    expect(early).toEqual([]);
    expect(changes).toEqual([['suffice.yaml', 'rules.yaml']]);
  });

  test('reports only the changed file', async () => {
    const rules = path.join(folder, 'rules.yaml');
    await writeFile(file, 'one');
    await start([file, rules]);

    await writeFile(rules, 'two');
    await poll(3);

    expect(changes).toEqual([['rules.yaml']]);
  });
});

describe('watchFiles after close', () => {
  test('leaves no timer', async () => {
    await writeFile(file, 'one');
    await start();

    watch?.close();

    expect(clock.waiting).toBe(0);
  });

  test('reports nothing, even if a change was being observed', async () => {
    await writeFile(file, 'one');
    await start();
    await writeFile(file, 'two');
    await poll();

    clock.advance(INTERVAL_MS);
    watch?.close();
    for (let i = 0; i < 50; i++) await nextTurn();

    expect(changes).toEqual([]);
    expect(clock.waiting).toBe(0);
  });
});
