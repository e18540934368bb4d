import { DecisionLog } from '../../src/account/decision-log.js';
import { decision } from '../support/decisions.js';

describe('DecisionLog', () => {
  test('keeps the latest decisions and drops the oldest', () => {
    const log = new DecisionLog<string>(2);

    for (const id of ['dec_1', 'dec_2', 'dec_3']) log.add(decision({ id }), 'web', null);

    expect(log.get('dec_1')).toBeUndefined();
    expect(log.get('dec_2')?.decision.id).toBe('dec_2');
    expect(log.get('dec_3')?.decision.id).toBe('dec_3');
  });

  test('stores nothing at capacity 0, but still returns the record', () => {
    const log = new DecisionLog<string>(0);

    const record = log.add(decision({ id: 'dec_1' }), 'web', 'detail');

    expect(record).toMatchObject({ detail: 'detail', outcome: null });
    expect(log.get('dec_1')).toBeUndefined();
  });
});
