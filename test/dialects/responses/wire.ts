import type { AnswerEvent } from '../../../src/dialects/neutral/event.js';
import { responses } from '../../../src/dialects/responses/responses.js';
import { RULES } from '../../support/translated.js';

/** Events as Responses providers send them. */

export const sse = (...events: readonly { type: string; [name: string]: unknown }[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
export const message = (text: string) => ({
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text, annotations: [] }],
});
export const over = (output: readonly unknown[], more: object = {}) => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_700_000_000,
  status: 'completed',
  model: 'gpt',
  error: null,
  output,
  usage: { input_tokens: 5, output_tokens: 2, total_tokens: 7 },
  ...more,
});

const READING = { ...RULES, answerTool: null };

export function read(stream: string): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  const reader = responses.openReader(READING, (event) => {
    events.push(event);
  });
  reader.push(Buffer.from(stream));
  reader.end();
  return events;
}
