import { textOrNull, without, type JsonObject } from '../json.js';
import { isCallItem, partsOf, PART_TEXTS, type KnownResponse } from './known-response.js';

type Event = JsonObject & { readonly type: string };

/** What a response says only once it is over. */
const ENDING = { status: 'in_progress', output: [], usage: null, incomplete_details: null };

/** The events of the stream that a response would have been, each as it is sent. */
export function eventsOf({ body, items }: KnownResponse): readonly Buffer[] {
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
  const [begun, ...told] = contentOf(item);
  const said = told.map(({ type, ...members }) => ({
    type: `response.${type}`,
    ...at,
    ...members,
  }));
  return [
    { type: 'response.output_item.added', output_index: index, item: { ...item, ...begun } },
    ...said,
    { type: 'response.output_item.done', output_index: index, item },
  ];
}

/** What an item begins with in place of its contents, and the events that tell these. */
function contentOf(item: JsonObject): [JsonObject, ...Event[]] {
  if (isCallItem(item)) return callEvents(item);
  if (item['type'] === 'reasoning') return thoughtEvents(item);
  const parts = partsOf(item, 'content').flatMap(partEvents);
  return [{ status: 'in_progress', content: [] }, ...parts];
}

function callEvents(item: JsonObject): [JsonObject, ...Event[]] {
  const isCustom = item['type'] === 'custom_tool_call';
  const [member, told] = isCustom
    ? (['input', 'custom_tool_call_input'] as const)
    : (['arguments', 'function_call_arguments'] as const);
  const said = textOrNull(item[member]) ?? '';
  const whole = { ...(!isCustom && { name: item['name'] }), [member]: said };
  return [
    { status: 'in_progress', [member]: '' },
    { type: `${told}.delta`, delta: said },
    { type: `${told}.done`, ...whole },
  ];
}

function thoughtEvents(item: JsonObject): [JsonObject, ...Event[]] {
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
  const untold = { encrypted_content: undefined, summary: [] };
  return ['content' in item ? { ...untold, content: [] } : untold, ...summary, ...content];
}

function partEvents(part: JsonObject, i: number): Event[] {
  const at = { content_index: i };
  const kind = String(part['type']);
  const name = PART_TEXTS.get(kind) ?? 'text';
  const isText = kind === 'output_text';
  const empty = isText ? { annotations: [], logprobs: [] } : {};
  const begun = { ...without(part, ['provider_annotations']), [name]: '', ...empty };
  const { logprobs = [] } = part;
  const text = textOrNull(part[name]);
  const said = text === null ? [] : [{ delta: text, ...(isText && { logprobs: [] }) }];
  const cited = partsOf(part, 'annotations').map((annotation, annotation_index) => ({
    type: 'output_text.annotation.added',
    ...at,
    annotation_index,
    annotation,
  }));
  return [
    { type: 'content_part.added', ...at, part: begun },
    ...said.map((delta) => ({ type: `${kind}.delta`, ...at, ...delta })),
    ...cited,
    { type: `${kind}.done`, ...at, [name]: part[name], ...(isText && { logprobs }) },
    { type: 'content_part.done', ...at, part },
  ];
}
