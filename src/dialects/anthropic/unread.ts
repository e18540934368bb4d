import { lookup, type JsonObject } from '../json.js';
import type { ForeignMember } from '../neutral/request.js';
import { unreadIn, unreadMembers, nameSet } from '../neutral/unread.js';

const MESSAGE = nameSet('role content');

/** Members of blocks by type; blocks of other types are reported as a whole. */
const BLOCKS = lookup<ReadonlySet<string>>({
  text: nameSet('type text citations cache_control'),
  image: nameSet('type source cache_control'),
  document: nameSet('type source title context citations cache_control'),
  search_result: nameSet('type source title content citations cache_control'),
  // `caller` only refers to a server tool, whose own blocks are reported.
  tool_use: nameSet('type id name input caller cache_control'),
  tool_result: nameSet('type tool_use_id content is_error cache_control'),
  thinking: nameSet('type thinking signature cache_control'),
  redacted_thinking: nameSet('type data cache_control'),
});
const SOURCE = nameSet('type media_type data url file_id content');

/** Members of tools that can be translated. */
const TOOL = nameSet('type name description input_schema strict cache_control');
const CHOICE = nameSet('type name disable_parallel_tool_use');
const METADATA = nameSet('user_id');

/** The unread members of a Messages request, below its top level. */
export function unreadBelow(request: JsonObject): ForeignMember[] {
  return [
    ...unreadIn(request['system'], 'system', unreadOfBlock),
    ...unreadIn(request['messages'], 'messages', (message, at) => [
      ...unreadMembers(message, at, MESSAGE),
      ...unreadIn(message['content'], `${at}.content`, unreadOfBlock),
    ]),
    ...unreadIn(request['tools'], 'tools', unreadOfTool),
    ...unreadMembers(request['tool_choice'], 'tool_choice', CHOICE),
    ...unreadMembers(request['metadata'], 'metadata', METADATA),
  ];
}

function unreadOfBlock(block: JsonObject, at: string): ForeignMember[] {
  const { type, source, content } = block;
  const read = typeof type === 'string' ? BLOCKS[type] : undefined;
  if (read === undefined) return [];
  return [
    ...unreadMembers(block, at, read),
    ...unreadMembers(source, `${at}.source`, SOURCE),
    ...unreadIn(content, `${at}.content`, unreadOfBlock),
  ];
}

/** A tool of another type runs at Anthropic, and is reported as a whole. */
function unreadOfTool(tool: JsonObject, at: string): ForeignMember[] {
  return (tool['type'] ?? 'custom') === 'custom' ? unreadMembers(tool, at, TOOL) : [];
}
