import type { AnswerStream, ChatRequest, RequestEdits, WholeAnswer } from '../dialect.js';
import { objectsIn, textOrNull, without, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';
import { ReaderAnswerStream } from '../neutral/reader-answer-stream.js';
import { summarize } from '../neutral/summary.js';
import { editRequest as editMembers } from '../openai/edit.js';
import { onOneLine } from '../sse.js';
import { errorMembers } from './error.js';
import { readEvents, ResponsesReader } from './event-reader.js';
import { decodeSignature } from './signature.js';

const DATA = Buffer.from('\ndata: ');
const BLANK_LINE = Buffer.from('\n\n');

/** Item ids that the gateway generated for other vendors' answers: OpenAI would look them up and find nothing. */
const GENERATED_ID = /"(?:rs|msg|fc|ctc)_[0-9a-f]{48}_\d+"/;

/**
 * The client's bytes with only the necessary edits.
 *
 * Members are not renamed: a provider's renames apply only to Chat Completions.
 */
export function editRequest(request: ChatRequest, { model }: RequestEdits): Buffer {
  const body = withoutForeign(request.body);
  return editMembers({ ...request, body }, { model, askUsage: false });
}

/** An answer for a client of the same dialect: the provider's bytes unchanged. */
export function readAnswer(body: Buffer): WholeAnswer {
  return { body, summary: summarize(readEvents(body)) };
}

/** A stream for a client of the same dialect: the provider's events as they arrive. */
export function openStream(): AnswerStream {
  let sequence = 0;
  return new ReaderAnswerStream(
    (write, emit) =>
      new ResponsesReader(emit, (event, { name, bytes, start, end }) => {
        sequence = numberOr(event['sequence_number'], sequence) + 1;
        const head = Buffer.from(`event: ${name === '' ? String(event['type']) : name}`);
        write([head, DATA, onOneLine(bytes.subarray(start, end)), BLANK_LINE]);
      }),
    (error) => {
      const event = { type: 'error', sequence_number: sequence, ...errorMembers(error) };
      return Buffer.from(`event: error\ndata: ${JSON.stringify(event)}\n\n`);
    },
  );
}

/** Removes other vendors' reasoning from a request, and the ids that the gateway generated. */
function withoutForeign(body: Buffer): Buffer {
  const text = body.toString('latin1');
  if (!GENERATED_ID.test(text)) return body;
  const request = JSON.parse(body.toString('utf8')) as JsonObject;
  const input = objectsIn(request['input']).flatMap((item): JsonObject[] => {
    if (!GENERATED_ID.test(JSON.stringify(item['id'] ?? ''))) return [item];
    const isLost = item['type'] === 'reasoning' && signatureVendor(item) !== 'openai';
    return isLost ? [] : [without(item, ['id'])];
  });
  return Buffer.from(JSON.stringify({ ...request, input }));
}

function signatureVendor(item: JsonObject): string | null {
  const content = textOrNull(item['encrypted_content']);
  return content === null ? null : (decodeSignature(content)?.vendor ?? null);
}
