import { DecisionLog } from '../../src/account/decision-log.js';
import { decision } from '../support/decisions.js';

describe('the decision log', () => {
  test('keeps the latest decisions and forgets the oldest', () => {
    const log = new DecisionLog<string>(2);

    for (const id of ['dec_1', 'dec_2', 'dec_3']) log.add(decision({ id }), 'web', null);

    expect(log.get('dec_1')).toBeUndefined();
    expect(log.get('dec_2')?.decision.id).toBe('dec_2');
    expect(log.get('dec_3')?.decision.id).toBe('dec_3');
  });

  test('keeps nothing when it has no room, and still hands out the record', () => {
    const log = new DecisionLog<string>(0);

    const record = log.add(decision({ id: 'dec_1' }), 'web', 'detail');

    expect(record).toMatchObject({ detail: 'detail', outcome: null });
    expect(log.get('dec_1')).toBeUndefined();
  });
});
