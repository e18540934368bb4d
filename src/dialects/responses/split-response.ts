import { textOrNull, without, type JsonObject } from '../json.js';
import { isCallItem, partsOf, PART_TEXTS, type KnownResponse } from './known-response.js';

type Event = JsonObject & { readonly type: string };

/** Members that are set only in a finished response. */
const ENDING = { status: 'in_progress', output: [], usage: null, incomplete_details: null };

/** The stream that a response would have been, as the bytes of each event. */
export function splitResponse({ body, items }: KnownResponse): readonly Buffer[] {
  const isOver = 'completed_at' in body ? { completed_at: null } : {};
  const response = { ...body, ...ENDING, ...isOver };
  const ending = body['status'] === 'incomplete' ? 'response.incomplete' : 'response.completed';
  const events: Event[] = [
    { type: 'response.created', response },
    { type: 'response.in_progress', response },
    ...items.flatMap(itemEvents),
    { type: ending, response: body },
  ];
  return events.map(({ type, ...members }, i) => {
    const event = { type, sequence_number: i, ...members };
    return Buffer.from(`event: ${type}\ndata: ${JSON.stringify(event)}\n\n`);
  });
}

function itemEvents(item: JsonObject, index: number): Event[] {
  const at = { item_id: item['id'], output_index: index };
  const [first, ...events] = contentOf(item);
  const typed = events.map(({ type, ...members }) => ({
    type: `response.${type}`,
    ...at,
    ...members,
  }));
  return [
    { type: 'response.output_item.added', output_index: index, item: { ...item, ...first } },
    ...typed,
    { type: 'response.output_item.done', output_index: index, item },
  ];
}

/** The members of an item at its start, and the events with its contents. */
function contentOf(item: JsonObject): [JsonObject, ...Event[]] {
  if (isCallItem(item)) return callEvents(item);
  if (item['type'] === 'reasoning') return reasoningEvents(item);
  const parts = partsOf(item, 'content').flatMap(partEvents);
  return [{ status: 'in_progress', content: [] }, ...parts];
}

function callEvents(item: JsonObject): [JsonObject, ...Event[]] {
  const isCustom = item['type'] === 'custom_tool_call';
  const [member, eventName] = isCustom
    ? (['input', 'custom_tool_call_input'] as const)
    : (['arguments', 'function_call_arguments'] as const);
  const text = textOrNull(item[member]) ?? '';
  const whole = { ...(!isCustom && { name: item['name'] }), [member]: text };
  return [
    { status: 'in_progress', [member]: '' },
    { type: `${eventName}.delta`, delta: text },
    { type: `${eventName}.done`, ...whole },
  ];
}

function reasoningEvents(item: JsonObject): [JsonObject, ...Event[]] {
  const summary = partsOf(item, 'summary').flatMap((part, i): Event[] => {
    const at = { summary_index: i };
    return [
      { type: 'reasoning_summary_part.added', ...at, part: { ...part, text: '' } },
      { type: 'reasoning_summary_text.delta', ...at, delta: part['text'] },
      { type: 'reasoning_summary_text.done', ...at, text: part['text'] },
      { type: 'reasoning_summary_part.done', ...at, part },
    ];
  });
  const content = partsOf(item, 'content').flatMap((part, i): Event[] => {
    const at = { content_index: i };
    return [
      { type: 'content_part.added', ...at, part: { ...part, text: '' } },
      { type: 'reasoning_text.delta', ...at, delta: part['text'] },
      { type: 'reasoning_text.done', ...at, text: part['text'] },
      { type: 'content_part.done', ...at, part },
    ];
  });
  const initial = { encrypted_content: undefined, summary: [] };
  return ['content' in item ? { ...initial, content: [] } : initial, ...summary, ...content];
}

function partEvents(part: JsonObject, i: number): Event[] {
  const at = { content_index: i };
  const kind = String(part['type']);
  const name = PART_TEXTS.get(kind) ?? 'text';
  const isText = kind === 'output_text';
  const empty = isText ? { annotations: [], logprobs: [] } : {};
  const emptyPart = { ...without(part, ['provider_annotations']), [name]: '', ...empty };
  const { logprobs = [] } = part;
  const text = textOrNull(part[name]);
  const deltas = text === null ? [] : [{ delta: text, ...(isText && { logprobs: [] }) }];
  const citationEvents = partsOf(part, 'annotations').map((annotation, annotation_index) => ({
    type: 'output_text.annotation.added',
    ...at,
    annotation_index,
    annotation,
  }));
  return [
    { type: 'content_part.added', ...at, part: emptyPart },
    ...deltas.map((delta) => ({ type: `${kind}.delta`, ...at, ...delta })),
    ...citationEvents,
    { type: `${kind}.done`, ...at, [name]: part[name], ...(isText && { logprobs }) },
    { type: 'content_part.done', ...at, part },
  ];
}
