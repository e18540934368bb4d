import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { encodePieces, type Recording } from '../../bench/fuzz/piece.js';
import { bundledRecordings } from '../../bench/fuzz/recordings.js';
import type { ClientDialectName, DialectName } from '../../src/dialects/dialect.js';
import { adapterBetween } from '../../src/dialects/dialects.js';
import { RULES } from '../support/translated.js';

const PAIRS: readonly (readonly [ClientDialectName, DialectName])[] = [
  ['openai', 'openai'],
  ['openai', 'anthropic'],
  ['gemini', 'bedrock'],
  ['anthropic', 'openai'],
];
const BLOCK_BYTES = 64 * 1024;
const ASKED = {
  body: Buffer.alloc(0),
  headers: [],
  dropped: [],
  answerTool: null,
  restoring: null,
  memory: null,
};

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** A recorded stream up to its first text, and a block of repeated text. */
function beginningAndBlock(recording: Recording): readonly [Buffer, Buffer] {
  const { pieces } = recording;
  const at = pieces.findIndex(({ data }) => data.includes('界'));
  const words = encodePieces(recording, pieces.slice(at, at + 1));
  const times = Math.ceil(BLOCK_BYTES / words.length);
  const block = Buffer.concat(Array.from({ length: times }, () => words));
  return [encodePieces(recording, pieces.slice(0, at)), block];
}

test.each(PAIRS)(
  'a stream for a client of %s from %s takes constant memory',
  (client, provider) => {
    const recording = bundledRecordings().find(
      (one) => one.provider === provider && one.isStream && JSON.stringify(one).includes('界'),
    );
    if (recording === undefined) throw new Error(`no recording of ${provider}`);
    const [beginning, block] = beginningAndBlock(recording);
    const stream = adapterBetween(client, provider).openStream(RULES, ASKED);
    let sentBytes = 0;
    const send = (blocks: number) => {
      for (let left = blocks; left > 0; left--) {
        sentBytes += stream.push(Buffer.from(block)).length;
      }
    };
    stream.push(beginning);
    send(4);

    const before = heapBytes();
    send(16);
    const grown = heapBytes() - before;

    expect(stream.failure).toBeNull();
    expect(sentBytes).toBeGreaterThan(4 * BLOCK_BYTES);
    // A retained block would take its own size or twice that.
    expect(grown).toBeLessThan(8 * BLOCK_BYTES);
  },
);
