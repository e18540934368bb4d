import { systemClock } from '../../src/core/clock.js';
import { openLog, standardError } from '../../src/telemetry/log.js';

function opened(level: 'info' | 'warn') {
  const lines: string[] = [];
  const log = openLog(level, { write: (line: string) => lines.push(line) });
  return { lines, log };
}

describe('the log', () => {
  test('writes a quick line as it would any other', () => {
    const { lines, log } = opened('info');
    const fields = { decisionId: 'dec_1', requested: 'a "quoted"\nname', costUsd: null, n: 0.5 };

    log.info(fields, 'request');
    log.line(fields, 'request');

    const [slow, quick] = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect({ ...quick, time: null }).toEqual({ ...slow, time: null });
    expect(quick?.['time']).toMatch(/^\d{4}-\d\d-\d\dT/u);
  });

  test('leaves quick lines out above their level', () => {
    const { lines, log } = opened('warn');

    log.line({ decisionId: 'dec_1' }, 'request');

    expect(lines).toEqual([]);
  });

  test('can go to standard error', () => {
    expect(() => openLog('silent', standardError(systemClock))).not.toThrow();
  });
});
