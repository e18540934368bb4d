import { TurnBatch } from '../../src/core/turn-batch.js';

describe('TurnBatch', () => {
  test('runs each step for all callers of a turn before the next step', async () => {
    const batch = new TurnBatch();
    const steps: string[] = [];
    const request = async (name: string): Promise<void> => {
      await batch.join();
      steps.push(`${name} decides`);
      await Promise.resolve();
      steps.push(`${name} sends`);
    };

    await Promise.all([request('a'), request('b')]);

    expect(steps).toEqual(['a decides', 'b decides', 'a sends', 'b sends']);
  });

  test('releases a caller of a later turn', async () => {
    const batch = new TurnBatch();
    await batch.join();

    const second = batch.join();

    await expect(second).resolves.toBeUndefined();
  });

  test('releases no caller before the end of the turn', async () => {
    const batch = new TurnBatch();
    let isReleased = false;
    void batch.join().then(() => (isReleased = true));

    await Promise.resolve();

    expect(isReleased).toBe(false);
  });
});
