import path from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod';
import type { Shipped } from '../assembly/shipped.js';
import { encoderCacheFolder } from '../embed/encoder/cache-folder.js';
import { Encoder, type EncoderOptions } from '../embed/encoder/encoder.js';
import { StaticEmbedder } from '../embed/static-embedder.js';
import { answerBatch, batchId } from './batch.js';
import { EXIT, UsageError, type Io } from './io.js';

const EMBED_HELP = `Usage: suffice embed --batch IN.jsonl > OUT.jsonl

Prints the embedding vectors by which the router and the cache compare texts. Calls no provider.

      --batch FILE       one {"id","text"} per line; "-" is standard input. Prints {"id","vector"} for
                         each line, in the same order. A vector has 256 numbers and unit length, or is
                         all zeros for a text without a letter or digit. The inner product of two
                         vectors is their similarity, at most 1
      --embedder NAME    use a transformer instead: a folder with an ONNX model, or a model's name on
                         the hub, downloaded once (for example Xenova/bge-small-en-v1.5)
      --artefacts DIR    the folder with embedder.bin (default: the one that ships with Suffice)
  -h, --help             show this help
`;

const embedLine = z.object({ id: batchId, text: z.string() });

/** Rounds to seven decimals: a 32-bit float below 1 has no more. */
const SCALE = 1e7;

/** Number of encoder processes; the runtime uses several cores in each. */
const PROCESSES = 1;

/** Dependencies of `embedCommand`. */
export interface EmbedContext {
  readonly io: Io;
  readonly shipped: Pick<Shipped, 'artefacts'>;
  /** Default: `Encoder.open`. */
  readonly openEncoder?: typeof openEncoder;
}

const openEncoder = (source: string, options: EncoderOptions) => Encoder.open(source, options);

/** `suffice embed`. */
export async function embedCommand(
  args: readonly string[],
  { io, shipped, openEncoder: open = openEncoder }: EmbedContext,
): Promise<number> {
  const { values } = parse(args);
  if (values.help) {
    io.out(EMBED_HELP);
    return EXIT.ok;
  }
  if (values.batch === undefined) throw new UsageError('--batch FILE is missing');
  if (values.embedder !== undefined && values.artefacts !== undefined) {
    throw new UsageError('--embedder and --artefacts exclude each other');
  }
  if (values.embedder !== undefined) {
    const encoder = await open(values.embedder, {
      processes: PROCESSES,
      cacheFolder: encoderCacheFolder(io.env),
    });
    try {
      return await embedBatch(values.batch, (text) => encoder.encode(text), io);
    } finally {
      encoder.close();
    }
  }
  const folder = values.artefacts ?? shipped.artefacts;
  const embedder = StaticEmbedder.load(path.join(folder, 'embedder.bin'));
  return embedBatch(values.batch, (text) => embedder.embed(text), io);
}

function embedBatch(
  file: string,
  embed: (text: string) => Float32Array | Promise<Float32Array>,
  io: Io,
): Promise<number> {
  const answer = async ({ id, text }: z.infer<typeof embedLine>) => {
    const vector = await embed(text);
    return { id, vector: Array.from(vector, (value) => Math.round(value * SCALE) / SCALE) };
  };
  return answerBatch(file, { schema: embedLine, answer }, io);
}

function parse(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    options: {
      batch: { type: 'string' },
      embedder: { type: 'string' },
      artefacts: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}
