import { parseLiveOptions } from '../../../src/bench/live/options.js';
import { UsageError } from '../../../src/cli/io.js';

describe('parseLiveOptions', () => {
  test.each([
    { args: [], says: /name one file/u },
    { args: ['p', '--models', 'a,,b'], says: /commas/u },
    { args: ['p', '--models', 'a', '--grader', 'taste'], says: /must be one of exact/u },
    { args: ['p', '--models', 'a', '--judge', 'j'], says: /must be used together/u },
    { args: ['p', '--models', 'a', '--reference', 'b'], says: /not in --models/u },
    { args: ['p', '--models', 'a', '--budget-usd', 'some'], says: /at least 0/u },
  ])('rejects $args', ({ args, says }) => {
    const read = () =>
      parseLiveOptions(
        [...args, ...(args.includes('--budget-usd') ? [] : ['--budget-usd', '1'])],
        {},
      );

    expect(read).toThrow(says);
    expect(read).toThrow(UsageError);
  });

  test('defaults to the last model as the reference and the API key from the environment', () => {
    const options = parseLiveOptions(['p', '-m', 'a/b, c/d', '--budget-usd', '1'], {
      SUFFICE_API_KEY: 'k',
    });

    expect(options).toMatchObject({ models: ['a/b', 'c/d'], reference: 'c/d', key: 'k' });
    expect(options).toMatchObject({ grader: 'exact', isAgreed: false, out: 'outcomes.jsonl' });
  });

  test('returns null for --help', () => {
    expect(parseLiveOptions(['--help'], {})).toBeNull();
  });
});
