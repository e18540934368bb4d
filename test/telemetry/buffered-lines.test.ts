import { bufferedLines } from '../../src/telemetry/buffered-lines.js';
import { FakeClock } from '../support/fake-clock.js';

function opened() {
  const chunks: string[] = [];
  const clock = new FakeClock();
  let flushes = 0;
  const output = {
    write: (bytes: Buffer) => chunks.push(bytes.toString()),
    flushSync: () => {
      flushes += 1;
    },
  };
  return { chunks, clock, lines: bufferedLines(output, clock), flushes: () => flushes };
}

describe('bufferedLines', () => {
  test('writes lines 200 ms after the first of them', () => {
    const { chunks, clock, lines } = opened();
    lines.write('one\n');
    clock.advance(150);
    lines.write('two\n');
    expect(chunks).toEqual([]);

    clock.advance(50);

    expect(chunks).toEqual(['one\ntwo\n']);
  });

  test('writes a full chunk at once', () => {
    const { chunks, lines } = opened();
    const line = `${'x'.repeat(999)}\n`;

    for (let i = 0; i < 140; i++) lines.write(line);

    // The space needed is estimated at three bytes per character.
    expect(chunks.map((chunk) => chunk.length)).toEqual([63_000, 63_000]);
  });

  test('writes every line once, in order', () => {
    const { chunks, clock, lines } = opened();
    const written = Array.from({ length: 100 }, (_, i) => `${i} ${'y'.repeat(i * 20)}\n`);

    for (const line of written) {
      lines.write(line);
      clock.advance(30);
    }
    lines.flushSync();

    expect(chunks.join('')).toBe(written.join(''));
  });

  test('keeps multi-byte characters, even in a line longer than a chunk', () => {
    const { chunks, lines } = opened();
    const written = ['größer\n', `${'日本'.repeat(30_000)}\n`, '🙂'.repeat(12_000), '\n', 'end\n'];

    for (const line of written) lines.write(line);
    lines.flushSync();

    expect(chunks.join('')).toBe(written.join(''));
  });

  test('writes buffered lines before it flushes the output', () => {
    const { chunks, lines, flushes } = opened();
    lines.write('last words\n');

    lines.flushSync();

    expect(chunks).toEqual(['last words\n']);
    expect(flushes()).toBe(1);
  });
});
