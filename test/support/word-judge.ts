import type { QuestionJudge, PreparedQuestion } from '../../src/cache/verify/judge.js';
import { findVeto } from '../../src/cache/verify/veto.js';

const DIMS = 64;
const IDLE = new Set('a an the is are what please tell me explain do does of to in'.split(' '));

/** A judge that a test can foresee: questions are the same if they have the same words that matter. */
export function wordJudge(): QuestionJudge {
  return {
    revision: 'words',
    read: (text, vector = vectorOf(text)): PreparedQuestion => ({ text, vector }),
    judge: (asked, kept) => {
      const similarity = asked.vector.reduce((sum, x, i) => sum + x * (kept.vector[i] ?? 0), 0);
      const isSame = wordsOf(asked.text).join(' ') === wordsOf(kept.text).join(' ');
      const probability = isSame ? 0.9999 : Math.min(0.9, Math.max(0, similarity));
      return { similarity, probability, veto: findVeto(asked.text, kept.text) };
    },
  };
}

function wordsOf(text: string): readonly string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !IDLE.has(word)).sort();
}

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(DIMS);
  for (const word of wordsOf(text)) {
    let hash = 7;
    for (const letter of word) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
    for (let i = 0; i < 4; i++) {
      hash = Math.imul(hash ^ (hash >>> 13), 0x5bd1e995);
      const at = (hash >>> 8) % DIMS;
      vector[at] = (vector[at] ?? 0) + (hash & 1 ? 1 : -1);
    }
  }
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((x) => x / length);
}
