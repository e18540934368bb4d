import type { QuestionJudge, PreparedQuestion } from '../cache/verify/judge.js';

/** Has no dimensions, so no index takes it. */
const NO_VECTOR = new Float32Array(0);

/**
 * A judge that never throws: a question that it fails on matches no other, so a model answers it.
 *
 * @param onFault - called with every error
 */
export function guardedJudge(
  judge: QuestionJudge,
  onFault: (error: unknown) => void,
): QuestionJudge {
  const orElse = <T>(work: () => T, otherwise: T): T => {
    try {
      return work();
    } catch (error) {
      onFault(error);
      return otherwise;
    }
  };
  const unread = (text: string): PreparedQuestion => ({ text, vector: NO_VECTOR });
  const { codec } = judge;
  return {
    revision: judge.revision,
    read: (text, vector) => orElse(() => judge.read(text, vector), unread(text)),
    judge: (question, cached) =>
      orElse(() => judge.judge(question, cached), { similarity: 0, probability: 0, veto: null }),
    ...(codec !== undefined && {
      codec: {
        encode: (question) => orElse(() => codec.encode(question), ''),
        decode: (text, note) => orElse(() => codec.decode(text, note), unread(text)),
      },
    }),
  };
}
