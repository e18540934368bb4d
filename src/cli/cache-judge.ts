import path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import { vetoOf } from '../cache/verify/veto.js';
import { StaticEmbedder } from '../embed/static-embedder.js';
import { answerBatch, batchId } from './batch.js';
import { EXIT, UsageError } from './io.js';
import type { ServeContext } from './serve.js';

const JUDGE_HELP = `Usage: suffice cache judge --batch IN.jsonl [--max-error SHARE] > OUT.jsonl

Says of pairs of questions whether the answer to one may be given to the other. Calls no provider.

      --batch FILE       {"id","a","b"} a line, b asked while the answer to a is kept; "-" is standard
                         input. Gives {"id","similarity","probability","veto","hit"} for each line, in
                         the same order
      --max-error SHARE  wrong answers that are put up with, 0 to 1 (0.01)
  -h, --help             show this

similarity is that of their vectors, -1 to 1. veto is what makes the questions different whatever they
have in common (number, unit, name, code, negation, opposite, question, order, script, time), or null.
probability is that the kept answer is right: 1 for the same text, and null for any other as long as no
verifier is trained. What has no probability is never a hit, so hits are repetitions only.
`;

const pair = z.object({ id: batchId, a: z.string(), b: z.string() });

/** `suffice cache judge`. */
export async function judgeCommand(
  args: readonly string[],
  { io, shipped }: Pick<ServeContext, 'io' | 'shipped'>,
): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      batch: { type: 'string' },
      'max-error': { type: 'string', default: '0.01' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    io.out(JUDGE_HELP);
    return EXIT.ok;
  }
  if (values.batch === undefined) throw new UsageError('suffice cache judge wants --batch FILE');
  const maxError = Number(values['max-error']);
  if (values['max-error'].trim() === '' || !(maxError >= 0 && maxError <= 1)) {
    throw new UsageError('--max-error must be a share between 0 and 1');
  }
  const embedder = StaticEmbedder.load(path.join(shipped.artefacts, 'embedder.bin'));
  const answer = ({ id, a, b }: z.infer<typeof pair>) => {
    const [one, other] = [embedder.embed(a), embedder.embed(b)];
    const similarity = one.reduce((sum, value, i) => sum + value * (other[i] ?? 0), 0);
    const veto = vetoOf(b, a);
    const probability = a === b ? 1 : null;
    const hit = veto === null && probability !== null && 1 - probability <= maxError;
    return { id, similarity: Math.round(similarity * 1e6) / 1e6, probability, veto, hit };
  };
  return answerBatch(values.batch, { schema: pair, answer }, io);
}
