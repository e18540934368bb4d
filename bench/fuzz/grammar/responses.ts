import { assertRule, type Ending, type Json, type AnswerContent } from './fault.js';
import * as read from './read.js';

/**
 * Checks the rules of OpenAI's Responses API for a stream: events numbered from 0; `response.created` first; items that
 * are added once, at the next index, and done once with the content of their deltas; the response last, with exactly
 * those items.
 *
 * @throws {GrammarFault} for the first violation
 */
export function checkResponsesStream(text: string, ending: Ending): AnswerContent {
  const reader = new EventReader();
  for (const { name, data } of read.frames(text)) {
    const event = read.parsed(data, name);
    assertRule(event['type'] === name, 'an event of another name');
    reader.read(event);
  }
  assertRule(reader.ending === ending, `it ends as ${String(reader.ending)}`);
  return reader.said;
}

/** @throws {GrammarFault} the text is not a complete response */
export function checkResponsesAnswer(text: string): AnswerContent {
  const response = read.parsed(text, 'response');
  checkHead(response);
  assertRule(/^(completed|incomplete)$/.test(read.text(response['status'], 'status')), 'a status');
  return contentIn(read.objects(response['output'], 'output'));
}

class EventReader {
  ending: Ending | null = null;
  #sequence = 0;
  #created = false;
  #items: (Json | null)[] = [];
  readonly #ids: string[] = [];
  readonly #pieces = new Map<string, string>();

  get said(): AnswerContent {
    return contentIn(this.#items.filter((item) => item !== null));
  }

  read(event: Json): void {
    const type = String(event['type']);
    assertRule(event['sequence_number'] === this.#sequence, 'sequence numbers');
    this.#sequence += 1;
    assertRule(this.ending !== 'complete', 'something after the end');
    if (type === 'error') {
      read.name(event['message'], 'message');
      this.ending = 'failed';
    } else if (type.startsWith('response.output_item.')) this.#readItem(type, event);
    else if (/^response\.[a-z_]+$/.test(type)) this.#readWhole(type, event);
    else this.#readPiece(type, event);
  }

  #readWhole(type: string, event: Json): void {
    const response = read.object(event['response'], 'response');
    checkHead(response);
    if (type === 'response.created') {
      assertRule(this.#sequence === 1, 'created is not first');
      this.#created = true;
      return;
    }
    assertRule(this.#created, 'nothing was created');
    if (type === 'response.in_progress') return;
    if (type === 'response.failed') {
      assertRule(this.ending === 'failed', 'failed without an error');
      return;
    }
    assertRule(/^response\.(completed|incomplete)$/.test(type), 'an unknown event');
    this.ending = 'complete';
    const output = JSON.stringify(read.objects(response['output'], 'output'));
    assertRule(output === JSON.stringify(this.#items), 'other items than were told');
    if (response['usage'] !== null) checkUsage(read.object(response['usage'], 'usage'));
  }

  #readItem(type: string, event: Json): void {
    assertRule(this.#created && this.ending === null, 'an item outside of the response');
    const index = read.count(event['output_index'], 'output_index');
    const item = read.object(event['item'], 'item');
    const id = read.name(item['id'], 'item.id');
    if (type === 'response.output_item.added') {
      assertRule(index === this.#items.length, 'an item out of its order');
      assertRule(!this.#ids.includes(id), 'an id twice');
      this.#items.push(null);
      this.#ids.push(id);
      return;
    }
    assertRule(this.#items[index] === null && this.#ids[index] === id, 'the end of no open item');
    this.#items[index] = item;
    checkPieces(item, (part) => this.#pieces.get(`${index} ${part}`) ?? '');
  }

  #readPiece(type: string, event: Json): void {
    const index = read.count(event['output_index'], 'output_index');
    assertRule(this.#items[index] === null, 'a piece of no open item');
    assertRule(event['item_id'] === this.#ids[index], 'a piece of another item');
    if (!type.endsWith('.delta')) return;
    const part = event['content_index'] ?? event['summary_index'];
    const key = `${index} ${part === undefined ? 'arguments' : read.count(part, 'part')}`;
    const text = read.text(event['delta'], 'delta');
    this.#pieces.set(key, (this.#pieces.get(key) ?? '') + text);
  }
}

function checkPieces(item: Json, streamedText: (part: string) => string): void {
  const parts = item['type'] === 'reasoning' ? item['summary'] : item['content'];
  if (parts === undefined) {
    const whole = item['arguments'] ?? item['input'];
    const isEmptyObject = whole === '{}' && streamedText('arguments').trim() === '';
    assertRule(
      isEmptyObject || whole === streamedText('arguments'),
      'other arguments than were told',
    );
    return;
  }
  read.objects(parts, 'parts').forEach((part, i) => {
    const whole = part['text'] ?? part['refusal'];
    assertRule(whole === streamedText(String(i)), 'another text than was told');
  });
}

function contentIn(items: readonly Json[]): AnswerContent {
  const parts = items.flatMap((item) =>
    item['type'] === 'message' ? read.objects(item['content'], 'content') : [],
  );
  return {
    text: parts.map((part) => read.text(part['text'] ?? part['refusal'], 'text')).join(''),
    calls: items
      .filter((item) => item['type'] === 'function_call')
      .map((item) => {
        read.name(item['call_id'], 'call_id');
        return [read.name(item['name'], 'call.name'), read.text(item['arguments'], 'arguments')];
      }),
  };
}

function checkHead(response: Json): void {
  assertRule(read.name(response['id'], 'id').startsWith('resp_'), 'another kind of id');
  assertRule(response['object'] === 'response', 'object is not response');
  read.name(response['model'], 'model');
  read.count(response['created_at'], 'created_at');
}

function checkUsage(usage: Json): void {
  const input = read.count(usage['input_tokens'], 'input_tokens');
  const output = read.count(usage['output_tokens'], 'output_tokens');
  assertRule(
    read.count(usage['total_tokens'], 'total_tokens') === input + output,
    'totals do not add up',
  );
}
