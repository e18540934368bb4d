import { BackgroundOutput, type FileWrites } from '../../src/telemetry/background-output.js';
import { FakeClock } from '../support/fake-clock.js';

/** A fake file descriptor that accepts bytes or fails with a system error; writes complete in `settle`. */
function opened() {
  const clock = new FakeClock();
  let fault: string | null = null;
  let room = Infinity;
  let text = '';
  const pending: (() => void)[] = [];
  const take = (bytes: Uint8Array): number => {
    if (fault !== null) throw Object.assign(new Error(`${fault}: write`), { code: fault });
    const taken = Math.min(room, bytes.length);
    text += Buffer.from(bytes.subarray(0, taken)).toString();
    return taken;
  };
  const files: FileWrites = {
    writeSync: (_fd: number, bytes: unknown) => take(bytes as Uint8Array),
    write: (...[, bytes, , , , done]) => {
      pending.push(() => {
        try {
          done(null, take(bytes));
        } catch (error) {
          done(error as Error, 0);
        }
      });
    },
  };
  return {
    clock,
    output: new BackgroundOutput(2, clock, files),
    /** Completes all pending writes and those that follow from them. */
    settle: () => {
      for (let act = pending.shift(); act !== undefined; act = pending.shift()) act();
    },
    fail: (code: string | null) => {
      fault = code;
    },
    takeAtMost: (bytes: number) => {
      room = bytes;
    },
    text: () => text,
  };
}

describe('BackgroundOutput', () => {
  test('writes bytes in order despite partial writes', () => {
    const { output, settle, takeAtMost, text } = opened();
    takeAtMost(3);

    for (const line of ['one\n', 'two\n', 'three\n']) output.write(Buffer.from(line));
    settle();

    expect(text()).toBe('one\ntwo\nthree\n');
  });

  test.each(['ENOSPC', 'EIO', 'EAGAIN'])('retries after %s and loses nothing', (code) => {
    const { clock, output, settle, fail, text } = opened();
    fail(code);
    output.write(Buffer.from('one\n'));
    settle();
    output.write(Buffer.from('two\n'));
    clock.advance(5_000);
    settle();
    expect(text()).toBe('');

    fail(null);
    clock.advance(1_000);
    settle();

    expect(text()).toBe('one\ntwo\n');
    expect(clock.waiting).toBe(0);
  });

  test('drops lines beyond its buffer and reports how many', () => {
    const { clock, output, settle, fail, text } = opened();
    const chunk = Buffer.from(`${'x'.repeat(511)}\n`.repeat(2_048));
    fail('ENOSPC');
    for (let i = 0; i < 20; i++) output.write(chunk);
    settle();

    fail(null);
    clock.advance(1_000);
    settle();

    const lines = text().trimEnd().split('\n');
    expect(lines).toHaveLength(16 * 2_048 + 1);
    const {
      level,
      time,
      lines: dropped,
    } = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
    expect([level, time, dropped]).toEqual(['warn', '2026-01-31T12:00:01.000Z', 4 * 2_048]);
  });

  test('drops everything after EPIPE', () => {
    const { clock, output, settle, fail, text } = opened();
    fail('EPIPE');
    output.write(Buffer.from('one\n'));
    settle();
    output.write(Buffer.from('two\n'));

    expect(clock.waiting).toBe(0);
    fail(null);
    output.flushSync();
    settle();
    expect(text()).toBe('');
  });

  test('flushes buffered bytes without waiting for the write in progress', () => {
    const { output, settle, text } = opened();
    output.write(Buffer.from('under way\n'));
    output.write(Buffer.from('waits\n'));

    output.flushSync();
    expect(text()).toBe('waits\n');
    settle();

    expect(text()).toBe('waits\nunder way\n');
  });

  test('keeps the buffer when a flush fails, and retries', () => {
    const { clock, output, settle, fail, text } = opened();
    fail('ENOSPC');
    output.write(Buffer.from('one\n'));
    settle();

    output.flushSync();
    expect(text()).toBe('');

    fail(null);
    clock.advance(1_000);
    settle();
    expect(text()).toBe('one\n');
  });
});
