import { assertRule, type Ending, type Json, type AnswerContent } from './fault.js';
import * as read from './read.js';

const REASONS = new Set([
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
]);

/** The deltas that a block may have; for calls and text, the first one is compared. */
const DELTAS: Readonly<Record<string, readonly string[]>> = {
  text: ['text_delta', 'citations_delta'],
  thinking: ['thinking_delta', 'signature_delta'],
  redacted_thinking: [],
  tool_use: ['input_json_delta'],
};

/**
 * Checks Anthropic's rules for a stream: one `message_start`, first; blocks numbered from 0, opened and closed one
 * after the other; deltas of their block's kind; one `message_delta`, when all are closed; `message_stop` last.
 *
 * @throws {GrammarFault} for the first violation
 */
export function checkAnthropicStream(text: string, ending: Ending): AnswerContent {
  const reader = new EventReader();
  const frames = read.frames(text);
  if (ending === 'failed') {
    const last = frames.pop();
    assertRule(last?.name === 'error', 'no error at the end');
    checkError(read.parsed(last.data, 'error'));
  }
  for (const { name, data } of frames) {
    const event = read.parsed(data, name);
    assertRule(event['type'] === name, 'an event of another name');
    reader.read(event);
  }
  if (ending === 'complete') assertRule(reader.isOver, 'no message_stop');
  else assertRule(!reader.isOver, 'an error after message_stop');
  return reader.said;
}

/** @throws {GrammarFault} the text is not a complete message */
export function checkAnthropicAnswer(text: string): AnswerContent {
  const message = read.parsed(text, 'message');
  checkHead(message);
  assertRule(
    REASONS.has(read.text(message['stop_reason'], 'stop_reason')),
    'an unknown stop_reason',
  );
  const blocks = read.objects(message['content'], 'content');
  for (const block of blocks) checkBlock(block);
  const texts = blocks.filter((block) => block['type'] === 'text');
  const calls = blocks.filter((block) => block['type'] === 'tool_use');
  return {
    text: texts.map((block) => String(block['text'])).join(''),
    calls: calls.map((block) => [String(block['name']), JSON.stringify(block['input'])]),
  };
}

class EventReader {
  isOver = false;
  #text = '';
  readonly #calls: { name: string; args: string }[] = [];
  #started = false;
  #ended = false;
  #blocks = 0;
  #open: string | null = null;

  get said(): AnswerContent {
    return {
      text: this.#text,
      calls: this.#calls.map(({ name, args }) => [name, args] as const),
    };
  }

  read(event: Json): void {
    assertRule(!this.isOver, 'something after message_stop');
    if (event['type'] === 'ping') return;
    if (event['type'] === 'message_start') {
      assertRule(!this.#started, 'message_start twice');
      this.#started = true;
      checkHead(read.object(event['message'], 'message'));
      return;
    }
    assertRule(this.#started, 'no message_start first');
    if (event['type'] === 'message_delta') this.#end(event);
    else if (event['type'] === 'message_stop') {
      assertRule(this.#ended, 'message_stop without message_delta');
      this.isOver = true;
    } else this.#readBlock(event);
  }

  #end(event: Json): void {
    assertRule(this.#open === null && !this.#ended, 'message_delta inside a block, or twice');
    this.#ended = true;
    const { stop_reason: reason } = read.object(event['delta'], 'delta');
    assertRule(REASONS.has(read.text(reason, 'stop_reason')), 'an unknown stop_reason');
    checkUsage(read.object(event['usage'], 'usage'));
  }

  #readBlock(event: Json): void {
    assertRule(!this.#ended, 'a block after message_delta');
    assertRule(read.count(event['index'], 'index') === this.#blocks, 'a block out of its order');
    switch (event['type']) {
      case 'content_block_start':
        assertRule(this.#open === null, 'a block inside a block');
        this.#openBlock(read.object(event['content_block'], 'content_block'));
        return;
      case 'content_block_delta':
        this.#readDelta(read.object(event['delta'], 'delta'));
        return;
      default:
        assertRule(event['type'] === 'content_block_stop', 'an unknown event');
        assertRule(this.#open !== null, 'the end of no block');
        this.#open = null;
        this.#blocks += 1;
    }
  }

  #openBlock(block: Json): void {
    checkBlock(block);
    const type = String(block['type']);
    this.#open = type;
    if (type === 'tool_use') this.#calls.push({ name: String(block['name']), args: '' });
    if (type === 'text') this.#text += String(block['text']);
  }

  #readDelta(delta: Json): void {
    const type = read.name(delta['type'], 'delta.type');
    assertRule(DELTAS[this.#open ?? '']?.includes(type) === true, 'a delta of another kind');
    if (type === 'text_delta') this.#text += read.text(delta['text'], 'text');
    if (type === 'thinking_delta') read.text(delta['thinking'], 'thinking');
    if (type === 'signature_delta') read.name(delta['signature'], 'signature');
    if (type === 'citations_delta') read.object(delta['citation'], 'citation');
    const call = this.#calls.at(-1);
    if (type === 'input_json_delta' && call !== undefined) {
      call.args += read.text(delta['partial_json'], 'partial_json');
    }
  }
}

function checkHead(message: Json): void {
  assertRule(read.name(message['id'], 'id').startsWith('msg_'), 'another kind of id');
  read.name(message['model'], 'model');
  assertRule(message['type'] === 'message' && message['role'] === 'assistant', 'no message');
  checkUsage(read.object(message['usage'], 'usage'));
}

function checkBlock(block: Json): void {
  const type = read.text(block['type'], 'block.type');
  assertRule(DELTAS[type] !== undefined, 'an unknown block');
  if (type === 'text') read.text(block['text'], 'text');
  if (type === 'thinking') read.text(block['thinking'], 'thinking');
  if (type === 'redacted_thinking') read.name(block['data'], 'data');
  if (type !== 'tool_use') return;
  read.name(block['id'], 'id');
  read.name(block['name'], 'name');
  read.object(block['input'], 'input');
}

function checkUsage(usage: Json): void {
  read.count(usage['input_tokens'], 'input_tokens');
  read.count(usage['output_tokens'], 'output_tokens');
  for (const name of ['cache_creation_input_tokens', 'cache_read_input_tokens']) {
    if (usage[name] !== undefined) read.count(usage[name], name);
  }
}

function checkError(event: Json): void {
  assertRule(event['type'] === 'error', 'no error');
  const error = read.object(event['error'], 'error');
  read.name(error['type'], 'error.type');
  read.name(error['message'], 'error.message');
}
