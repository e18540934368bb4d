import { lookup, type JsonObject } from '../json.js';
import type { ForeignMember } from '../neutral/request.js';
import { unreadIn, unreadMembers, nameSet } from '../neutral/unread.js';
import { unreadOfContent } from '../openai/unread.js';

const CALL = nameSet('type id call_id name namespace arguments input status created_by');
const RESULT = nameSet('type id call_id name output status created_by');

/** Members of items by type; items of other types are reported as a whole. */
const ITEMS = lookup<ReadonlySet<string>>({
  message: nameSet('type role content id status phase created_by'),
  function_call: CALL,
  custom_tool_call: CALL,
  function_call_output: RESULT,
  custom_tool_call_output: RESULT,
  reasoning: nameSet('type id summary content encrypted_content status created_by'),
});

/** Members of tools by type; tools of other types are reported as a whole. */
const TOOLS = lookup<ReadonlySet<string>>({
  function: nameSet('type name description parameters strict'),
  custom: nameSet('type name description format'),
  namespace: nameSet('type name description tools'),
});

const TEXT = nameSet('format verbosity');
const REASONING = nameSet('effort summary generate_summary');

/** The unread members of a Responses request, below its top level. */
export function unreadBelow(request: JsonObject): ForeignMember[] {
  return [
    ...unreadIn(request['input'], 'input', unreadOfItem),
    ...unreadIn(request['tools'], 'tools', unreadOfTool),
    ...unreadMembers(request['text'], 'text', TEXT),
    ...unreadMembers(request['reasoning'], 'reasoning', REASONING),
  ];
}

function unreadOfItem(item: JsonObject, at: string): ForeignMember[] {
  const type = typeof item['type'] === 'string' ? item['type'] : 'message';
  const read = ITEMS[type];
  if (read === undefined) return [];
  return [
    ...unreadMembers(item, at, read),
    ...(type === 'message' ? unreadOfContent(item['content'], `${at}.content`) : []),
    ...unreadOfContent(item['output'], `${at}.output`),
  ];
}

function unreadOfTool(tool: JsonObject, at: string): ForeignMember[] {
  const read = typeof tool['type'] === 'string' ? TOOLS[tool['type']] : undefined;
  if (read === undefined) return [];
  return [
    ...unreadMembers(tool, at, read),
    ...unreadIn(tool['tools'], `${at}.tools`, unreadOfTool),
  ];
}
