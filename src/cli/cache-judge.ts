import { parseArgs } from 'node:util';
import * as z from 'zod';
import { Verifier } from '../cache/verify/verifier.js';
import { answerBatch, batchId } from './batch.js';
import { EXIT, UsageError } from './io.js';
import type { ServeContext } from './serve.js';

const JUDGE_HELP = `Usage: suffice cache judge --batch IN.jsonl [--max-error SHARE] > OUT.jsonl

Predicts for pairs of questions whether a cached answer to one could be given to the other. Calls no provider.

      --batch FILE       one {"id","a","b"} per line: b is asked while the answer to a is cached; "-" is
                         standard input. Prints {"id","similarity","probability","veto","hit"} for each
                         line, in the same order
      --max-error SHARE  share of wrong answers to accept, 0 to 1 (default: 0.01)
  -h, --help             show this help

similarity:   cosine of the two embedding vectors, -1 to 1
probability:  how likely it is that the cached answer is right for b
veto:         a difference that rules a hit out (number, unit, name, code, negation, opposite, question,
              order, script, time), or null
hit:          true if there is no veto and the answer is wrong with a probability of at most SHARE

A running gateway also adjusts how far it trusts these probabilities by what its rechecks find.
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
  if (values.batch === undefined) throw new UsageError('--batch FILE is missing');
  const maxError = Number(values['max-error']);
  if (values['max-error'].trim() === '' || !(maxError >= 0 && maxError <= 1)) {
    throw new UsageError('--max-error must be a share between 0 and 1');
  }
  const verifier = Verifier.load(shipped.artefacts);
  const answer = ({ id, a, b }: z.infer<typeof pair>) => {
    const { similarity, probability, veto } = verifier.judge(verifier.read(b), verifier.read(a));
    const hit = veto === null && 1 - probability <= maxError;
    return { id, similarity: rounded(similarity), probability: rounded(probability), veto, hit };
  };
  return answerBatch(values.batch, { schema: pair, answer }, io);
}

function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
