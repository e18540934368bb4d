import { assertRule, type Ending, type Json, type AnswerContent } from './fault.js';
import * as read from './read.js';
import { checkError, checkUsage } from './openai.js';

const REASONS = new Set(['stop', 'length', 'content_filter']);

/** @throws {GrammarFault} the text is not a stream of legacy completions: constant head, one finish reason, `[DONE]` last */
export function checkCompletionsStream(text: string, ending: Ending): AnswerContent {
  const frames = read.frames(text);
  const last = frames.pop();
  const finished = new Map<number, boolean>();
  const heads = new Set<string>();
  let answerText = '';
  for (const { data } of frames) {
    const chunk = read.parsed(data, 'chunk');
    heads.add(headOf(chunk));
    for (const choice of read.objects(chunk['choices'], 'choices')) {
      const index = read.count(choice['index'], 'choice.index');
      assertRule(finished.get(index) !== true, 'something after finish_reason');
      if (index === 0) answerText += read.text(choice['text'], 'text');
      finished.set(index, isFinished(choice));
    }
    if (chunk['usage'] !== undefined) checkUsage(read.object(chunk['usage'], 'usage'));
  }
  assertRule(heads.size <= 1, 'another id, model or time');
  if (ending === 'failed') checkError(read.parsed(last?.data ?? '', 'the last event'));
  else {
    assertRule(last?.data === '[DONE]', 'no [DONE] at the end');
    const all = [...finished.values()];
    assertRule(all.length > 0 && all.every((is) => is), 'a choice without finish_reason');
  }
  return { text: answerText, calls: [] };
}

/** @throws {GrammarFault} the text is not a complete legacy completion */
export function checkCompletionsAnswer(text: string): AnswerContent {
  const answer = read.parsed(text, 'answer');
  headOf(answer);
  const choices = read.objects(answer['choices'], 'choices');
  assertRule(choices.length > 0 && choices.every(isFinished), 'no finished choice');
  if (answer['usage'] !== undefined) checkUsage(read.object(answer['usage'], 'usage'));
  const first = choices.find((choice) => choice['index'] === 0);
  return { text: first === undefined ? '' : read.text(first['text'], 'text'), calls: [] };
}

function headOf(value: Json): string {
  assertRule(read.name(value['id'], 'id').startsWith('cmpl-'), 'another kind of id');
  assertRule(value['object'] === 'text_completion', 'object is not text_completion');
  const head = [
    value['id'],
    read.name(value['model'], 'model'),
    read.count(value['created'], 'created'),
  ];
  return JSON.stringify(head);
}

function isFinished(choice: Json): boolean {
  const reason = choice['finish_reason'];
  if (reason === null) return false;
  assertRule(REASONS.has(read.text(reason, 'finish_reason')), 'an unknown finish_reason');
  return true;
}
