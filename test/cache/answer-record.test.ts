import { fc } from '../support/fast-check.js';
import { decodeChange, encodeChange } from '../../src/cache/answer-record.js';
import { keptAnswer } from './kept.js';

test('decodes a record as it was encoded, and rejects other bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.string(), (noise, key) => {
      const record = encodeChange({ kind: 'kept', answer: keptAnswer(key) });
      const bytes = Buffer.concat([noise, record]);

      expect(decodeChange(bytes, noise.length)).toMatchObject({
        kind: 'change',
        end: bytes.length,
        change: { kind: 'kept', answer: { key } },
      });
      expect(decodeChange(Buffer.from(noise), 0).kind).not.toBe('change');
    }),
  );
});
