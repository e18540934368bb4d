import { DisconnectSignal } from '../../src/core/disconnect-signal.js';

describe('DisconnectSignal', () => {
  test('calls every listener once', () => {
    const signal = new DisconnectSignal();
    const heard: string[] = [];
    signal.addEventListener('abort', () => heard.push('function'));
    signal.addEventListener('abort', { handleEvent: () => heard.push('object') });

    expect(signal.aborted).toBe(false);
    signal.abort();
    signal.abort();

    expect(signal.aborted).toBe(true);
    expect(heard).toEqual(['function', 'object']);
  });

  test('does not call removed listeners', () => {
    const signal = new DisconnectSignal();
    const heard: string[] = [];
    const listener = () => heard.push('told');
    signal.addEventListener('abort', listener);

    signal.removeEventListener('abort', listener);
    signal.abort();

    expect(heard).toEqual([]);
  });

  test('still calls a listener that another one removes during the abort', () => {
    const signal = new DisconnectSignal();
    const heard: string[] = [];
    const second = () => heard.push('second');
    signal.addEventListener('abort', () => {
      signal.removeEventListener('abort', second);
      heard.push('first');
    });
    signal.addEventListener('abort', second);

    signal.abort();

    expect(heard).toEqual(['first', 'second']);
  });
});
