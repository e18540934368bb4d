import { DisconnectSignal } from '../../src/core/disconnect-signal.js';

describe('a departure', () => {
  test('is told to every listener, once', () => {
    const departure = new DisconnectSignal();
    const heard: string[] = [];
    departure.addEventListener('abort', () => heard.push('function'));
    departure.addEventListener('abort', { handleEvent: () => heard.push('object') });

    expect(departure.aborted).toBe(false);
    departure.abort();
    departure.abort();

    expect(departure.aborted).toBe(true);
    expect(heard).toEqual(['function', 'object']);
  });

  test('is not told to those who no longer listen', () => {
    const departure = new DisconnectSignal();
    const heard: string[] = [];
    const listener = () => heard.push('told');
    departure.addEventListener('abort', listener);

    departure.removeEventListener('abort', listener);
    departure.abort();

    expect(heard).toEqual([]);
  });

  test('may be told to a listener that stops listening while it is told', () => {
    const departure = new DisconnectSignal();
    const heard: string[] = [];
    const second = () => heard.push('second');
    departure.addEventListener('abort', () => {
      departure.removeEventListener('abort', second);
      heard.push('first');
    });
    departure.addEventListener('abort', second);

    departure.abort();

    expect(heard).toEqual(['first', 'second']);
  });
});
