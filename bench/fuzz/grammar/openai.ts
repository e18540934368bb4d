import { assertRule, type Ending, type Json, type AnswerContent } from './fault.js';
import * as read from './read.js';

const REASONS = new Set(['stop', 'length', 'tool_calls', 'content_filter', 'function_call']);

interface Choice {
  text: string;
  readonly calls: { name: string; args: string }[];
  isFinished: boolean;
}

/**
 * Checks OpenAI's rules for a stream of chunks: constant id, model and time; the role first and once; calls numbered
 * without gaps and named once; one `finish_reason` per choice; usage in a last chunk of its own; one `[DONE]`, last.
 *
 * @throws {GrammarFault} for the first violation
 */
export function checkOpenAiStream(text: string, ending: Ending): AnswerContent {
  const reader = new ChunkReader();
  const frames = read.frames(text);
  const last = frames.pop();
  for (const { name, data } of frames) {
    assertRule(name === '', 'a named event');
    reader.read(read.parsed(data, 'chunk'));
  }
  if (ending === 'failed') checkError(read.parsed(last?.data ?? '', 'the last event'));
  else {
    assertRule(last?.data === '[DONE]', 'no [DONE] at the end');
    reader.end();
  }
  return reader.said;
}

/** @throws {GrammarFault} the text is not a chat completion that follows OpenAI's rules */
export function checkOpenAiAnswer(text: string): AnswerContent {
  const answer = read.parsed(text, 'answer');
  checkHead(answer, 'chat.completion');
  const choices = read.objects(answer['choices'], 'choices');
  assertRule(choices.length > 0, 'no choice');
  const contents = choices.map(checkWholeChoice);
  if (answer['usage'] !== undefined) checkUsage(read.object(answer['usage'], 'usage'));
  return contents[0] ?? { text: '', calls: [] };
}

/** @throws {GrammarFault} the event is not an error in OpenAI's form */
export function checkError(event: Json): void {
  const error = read.object(event['error'], 'error');
  read.name(error['message'], 'error.message');
  read.name(error['type'], 'error.type');
}

/** @throws {GrammarFault} the counts are not whole numbers that add up */
export function checkUsage(usage: Json): void {
  const input = read.count(usage['prompt_tokens'], 'prompt_tokens');
  const output = read.count(usage['completion_tokens'], 'completion_tokens');
  assertRule(
    read.count(usage['total_tokens'], 'total_tokens') === input + output,
    'totals do not add up',
  );
}

function checkHead(value: Json, object: string): void {
  read.name(value['id'], 'id');
  read.name(value['model'], 'model');
  assertRule(value['object'] === object, `object is not ${object}`);
  read.count(value['created'], 'created');
}

class ChunkReader {
  readonly #choices = new Map<number, Choice>();
  #head: string | null = null;
  #sawUsage = false;

  get said(): AnswerContent {
    // A provider may give its only choice any number.
    const [{ text, calls } = { text: '', calls: [] }] = this.#choices.values();
    return { text, calls: calls.map(({ name, args }) => [name, args] as const) };
  }

  read(chunk: Json): void {
    assertRule(!this.#sawUsage, 'a chunk after usage');
    checkHead(chunk, 'chat.completion.chunk');
    const head = JSON.stringify([chunk['id'], chunk['model'], chunk['created']]);
    assertRule((this.#head ??= head) === head, 'another id, model or time');
    const choices = read.objects(chunk['choices'], 'choices');
    for (const choice of choices) this.#readChoice(choice);
    if (chunk['usage'] === undefined || chunk['usage'] === null) return;
    assertRule(choices.length === 0, 'usage beside a choice');
    checkUsage(read.object(chunk['usage'], 'usage'));
    this.#sawUsage = true;
  }

  end(): void {
    const all = [...this.#choices.values()];
    assertRule(all.length > 0, 'no choice');
    assertRule(
      all.every(({ isFinished }) => isFinished),
      'a choice without finish_reason',
    );
  }

  #readChoice(choice: Json): void {
    const index = read.count(choice['index'], 'choice.index');
    const delta = read.object(choice['delta'], 'delta');
    let known = this.#choices.get(index);
    assertRule(
      (delta['role'] === 'assistant') === (known === undefined),
      'the role is not first or twice',
    );
    known ??= { text: '', calls: [], isFinished: false };
    this.#choices.set(index, known);
    assertRule(!known.isFinished, 'something after finish_reason');
    known.text += optionalText(delta['content'], 'content');
    optionalText(delta['refusal'], 'refusal');
    if (delta['tool_calls'] !== undefined)
      readCalls(read.objects(delta['tool_calls'], 'calls'), known);
    const reason = choice['finish_reason'];
    if (reason === null || reason === undefined) return;
    assertRule(REASONS.has(read.text(reason, 'finish_reason')), 'an unknown finish_reason');
    known.isFinished = true;
  }
}

function readCalls(items: readonly Json[], { calls }: Choice): void {
  for (const item of items) {
    const index = read.count(item['index'], 'call.index');
    assertRule(index <= calls.length, 'a gap between calls');
    if (item['type'] === 'custom' || item['custom'] !== undefined) {
      calls[index] ??= { name: 'custom', args: '' };
      continue;
    }
    const fn = read.object(item['function'], 'function');
    const known = calls[index];
    if (known === undefined) {
      read.name(item['id'], 'call.id');
      assertRule(item['type'] === 'function', 'a call without its type');
      const args = read.text(fn['arguments'], 'arguments');
      calls.push({ name: read.name(fn['name'], 'call.name'), args });
    } else {
      assertRule(
        item['id'] === undefined && fn['name'] === undefined,
        'a call that is named twice',
      );
      known.args += read.text(fn['arguments'], 'arguments');
    }
  }
}

function checkWholeChoice(choice: Json): AnswerContent {
  read.count(choice['index'], 'choice.index');
  assertRule(
    REASONS.has(read.text(choice['finish_reason'], 'finish_reason')),
    'an unknown finish_reason',
  );
  const message = read.object(choice['message'], 'message');
  assertRule(message['role'] === 'assistant', 'the role is not the assistant');
  const text = optionalText(message['content'], 'content');
  optionalText(message['refusal'], 'refusal');
  const items = message['tool_calls'];
  const calls = items === undefined ? [] : read.objects(items, 'tool_calls');
  assertRule(items === undefined || calls.length > 0, 'an empty list of calls');
  return { text, calls: calls.filter((one) => one['type'] === 'function').map(wholeCall) };
}

function wholeCall(item: Json): readonly [string, string] {
  read.name(item['id'], 'call.id');
  const fn = read.object(item['function'], 'function');
  return [read.name(fn['name'], 'call.name'), read.text(fn['arguments'], 'arguments')];
}

function optionalText(value: unknown, where: string): string {
  return value === undefined || value === null ? '' : read.text(value, where);
}
