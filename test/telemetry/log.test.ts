import { systemClock } from '../../src/core/clock.js';
import { openLog, standardError } from '../../src/telemetry/log.js';

function opened(level: 'info' | 'warn') {
  const lines: string[] = [];
  const log = openLog(level, { write: (line: string) => lines.push(line) });
  return { lines, log };
}

describe('log', () => {
  test('writes the same fields by `line` as by `info`', () => {
    const { lines, log } = opened('info');
    const fields = { decisionId: 'dec_1', requested: 'a "quoted"\nname', costUsd: null, n: 0.5 };

    log.info(fields, 'request');
    log.line(fields, 'request');

    const [ordinary, fast] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect({ ...fast, time: null }).toEqual({ ...ordinary, time: null });
    expect(fast?.['time']).toMatch(/^\d{4}-\d\d-\d\dT/u);
  });

  test('omits lines below its level', () => {
    const { lines, log } = opened('warn');

    log.line({ decisionId: 'dec_1' }, 'request');

    expect(lines).toEqual([]);
  });

  test('writes message, cause and code of an error but nothing else that a library attached', () => {
    const { lines, log } = opened('info');
    const refused = new Error('WRONGPASS', { cause: new Error('who is there?') });
    const command = { name: 'auth', args: ['sesame'] };
    Object.assign(refused, { command, input: 'redis://:sesame@h', code: 'EAUTH', port: 6379 });

    log.warn({ err: refused }, 'Redis is away');
    log.warn({ err: new AggregateError([new Error('no 1'), new Error('no 2')]) }, 'nowhere');
    log.warn({ err: 'a text' }, 'thrown');

    const [one, several, text] = lines.map((line) => JSON.parse(line) as { err: object });
    expect(one?.err).toMatchObject({
      type: 'Error',
      message: 'WRONGPASS: who is there?',
      stack: expect.stringContaining('log.test'),
      code: 'EAUTH',
      port: 6379,
    });
    expect(lines.join('')).not.toContain('sesame');
    expect(several?.err).toMatchObject({ each: ['no 1', 'no 2'] });
    expect(text?.err).toBe('a text');
  });

  test('opens on standard error', () => {
    expect(() => openLog('silent', standardError(systemClock))).not.toThrow();
  });
});
