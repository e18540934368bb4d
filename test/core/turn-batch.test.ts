import { TurnBatch } from '../../src/core/turn-batch.js';

describe('a cohort', () => {
  test('takes each step with all of a turn before it takes the next', async () => {
    const cohort = new TurnBatch();
    const steps: string[] = [];
    const journey = async (name: string): Promise<void> => {
      await cohort.join();
      steps.push(`${name} decides`);
      await Promise.resolve();
      steps.push(`${name} sends`);
    };

    await Promise.all([journey('a'), journey('b')]);

    expect(steps).toEqual(['a decides', 'b decides', 'a sends', 'b sends']);
  });

  test('lets those of a later turn go without waiting for anybody', async () => {
    const cohort = new TurnBatch();
    await cohort.join();

    const second = cohort.join();

    await expect(second).resolves.toBeUndefined();
  });

  test('holds nobody until the turn is over', async () => {
    const cohort = new TurnBatch();
    let isReleased = false;
    void cohort.join().then(() => (isReleased = true));

    await Promise.resolve();

    expect(isReleased).toBe(false);
  });
});
