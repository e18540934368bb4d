import { assertRule, type Ending, type Json, type AnswerContent } from './fault.js';
import * as read from './read.js';

/**
 * Checks Google's rules for a stream: every event is a response, with parts that Google's clients know; one
 * `finishReason` per candidate, and nothing of the candidate after it.
 *
 * @throws {GrammarFault} for the first violation
 */
export function checkGeminiStream(text: string, ending: Ending): AnswerContent {
  const frames = read.frames(text, '\r\n');
  const last = ending === 'failed' ? frames.pop() : undefined;
  if (ending === 'failed') checkError(read.parsed(last?.data ?? '', 'the last event'));
  const reader = new ResponseReader();
  for (const { data } of frames) reader.read(read.parsed(data, 'response'));
  if (ending === 'complete') reader.end();
  return reader.said;
}

/** @throws {GrammarFault} the text is not a complete response */
export function checkGeminiAnswer(text: string): AnswerContent {
  const reader = new ResponseReader();
  reader.read(read.parsed(text, 'response'));
  reader.end();
  return reader.said;
}

class ResponseReader {
  readonly #finished = new Map<number, boolean>();
  #text = '';
  readonly #calls: (readonly [string, string])[] = [];
  #ids: string | null = null;

  get said(): AnswerContent {
    return { text: this.#text, calls: this.#calls };
  }

  read(response: Json): void {
    const ids = `${read.name(response['responseId'], 'responseId')} ${read.name(response['modelVersion'], 'modelVersion')}`;
    assertRule((this.#ids ??= ids) === ids, 'another id or model');
    for (const candidate of read.objects(response['candidates'], 'candidates')) {
      this.#readCandidate(candidate);
    }
    if (response['usageMetadata'] !== undefined) {
      for (const [name, count] of Object.entries(read.object(response['usageMetadata'], 'usage'))) {
        if (name.endsWith('TokenCount')) read.count(count, name);
      }
    }
  }

  end(): void {
    const all = [...this.#finished.values()];
    assertRule(all.length > 0 && all.every((is) => is), 'a candidate without finishReason');
  }

  #readCandidate(candidate: Json): void {
    const index = read.count(candidate['index'], 'index');
    assertRule(this.#finished.get(index) !== true, 'something after finishReason');
    const content = read.object(candidate['content'], 'content');
    assertRule(content['role'] === 'model', 'the role is not the model');
    const parts = read.objects(content['parts'], 'parts');
    assertRule(parts.length > 0, 'no part');
    for (const part of parts) this.#readPart(part, index);
    const reason = candidate['finishReason'];
    this.#finished.set(index, reason !== undefined);
    if (reason !== undefined)
      assertRule(/^[A-Z_]+$/.test(read.text(reason, 'finishReason')), 'a reason');
  }

  #readPart(part: Json, index: number): void {
    if (part['thoughtSignature'] !== undefined) read.name(part['thoughtSignature'], 'signature');
    if (part['functionCall'] !== undefined) {
      const call = read.object(part['functionCall'], 'functionCall');
      const args = JSON.stringify(read.object(call['args'], 'args'));
      if (index === 0) this.#calls.push([read.name(call['name'], 'call.name'), args]);
      return;
    }
    if (part['inlineData'] !== undefined || part['fileData'] !== undefined) {
      checkPicture(part);
      return;
    }
    const text = read.text(part['text'], 'text');
    if (index === 0 && part['thought'] !== true) this.#text += text;
  }
}

function checkPicture({ inlineData, fileData }: Json): void {
  if (fileData !== undefined) {
    read.name(read.object(fileData, 'fileData')['fileUri'], 'fileUri');
    return;
  }
  const picture = read.object(inlineData, 'inlineData');
  assertRule(/^image\/./.test(read.text(picture['mimeType'], 'mimeType')), 'no picture');
  read.name(picture['data'], 'data');
}

function checkError(event: Json): void {
  const error = read.object(event['error'], 'error');
  assertRule(read.count(error['code'], 'code') >= 400, 'no status');
  read.name(error['message'], 'message');
  read.name(error['status'], 'status');
}
