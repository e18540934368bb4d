import path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { Shipped } from '../assemble.js';
import { StaticEmbedder } from '../embed/static-embedder.js';
import { answerBatch, batchId } from './batch.js';
import { EXIT, UsageError, type Io } from './io.js';

const EMBED_HELP = `Usage: suffice embed --batch IN.jsonl > OUT.jsonl

Prints the vector by which the router and the cache compare texts. Calls no provider.

      --batch FILE       {"id","text"} a line; "-" is standard input. Gives {"id","vector"} for
                         each line, in the same order: 256 numbers of unit length, or zeros for
                         a text without a letter or digit. The inner product of two vectors
                         says how alike the texts are, 1 at most
      --artefacts DIR    the folder that holds embedder.bin (the one shipped with this program)
  -h, --help             show this
`;

const embedLine = z.object({ id: batchId, text: z.string() });

/** Digits kept after the point: a 32-bit float below 1 has no more. */
const SCALE = 1e7;

/** `suffice embed`: lets anybody judge the embedder. */
export async function embedCommand(
  args: readonly string[],
  { io, shipped }: { readonly io: Io; readonly shipped: Pick<Shipped, 'artefacts'> },
): Promise<number> {
  const { values } = parse(args);
  if (values.help) {
    io.out(EMBED_HELP);
    return EXIT.ok;
  }
  if (values.batch === undefined) throw new UsageError('suffice embed wants --batch FILE');
  const folder = values.artefacts ?? shipped.artefacts;
  const embedder = StaticEmbedder.load(path.join(folder, 'embedder.bin'));
  const vector = new Float32Array(embedder.dims);
  const answer = ({ id, text }: z.infer<typeof embedLine>) => {
    embedder.embed(text, vector);
    return { id, vector: Array.from(vector, (value) => Math.round(value * SCALE) / SCALE) };
  };
  return answerBatch(values.batch, { schema: embedLine, answer }, io);
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      batch: { type: 'string' },
      artefacts: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}
