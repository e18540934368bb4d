import { isObject, type JsonObject } from '../json.js';
import type { ForeignMember } from '../neutral/request.js';
import { unreadIn, unreadMembers, nameSet } from '../neutral/unread.js';

const MESSAGE = nameSet(
  `role content name tool_calls function_call tool_call_id refusal audio images reasoning
   reasoning_content reasoning_details annotations provider_annotations`,
);
const PART = nameSet(
  `type text refusal thinking closed image_url detail input_audio file file_id filename file_data
   file_url cache_control annotations logprobs`,
);
const CALL = nameSet('id type index function custom');
const CALLED = nameSet('name arguments input');
const TOOL = nameSet('type function cache_control');
const FUNCTION = nameSet('name description parameters strict cache_control');
const REASONING = nameSet('effort max_tokens enabled summary generate_summary');

/** The unread members of a chat completion request, below its top level. */
export function unreadBelow(request: JsonObject): ForeignMember[] {
  return [
    ...unreadIn(request['messages'], 'messages', unreadOfMessage),
    ...unreadIn(request['tools'], 'tools', unreadOfTool),
    ...unreadIn(request['functions'], 'functions', (definition, at) =>
      unreadMembers(definition, at, FUNCTION),
    ),
    ...unreadMembers(request['reasoning'], 'reasoning', REASONING),
  ];
}

/** The unread members of a message's parts. */
export function unreadOfContent(content: unknown, at: string): ForeignMember[] {
  return unreadIn(content, at, (part, place) => unreadMembers(part, place, PART));
}

function unreadOfMessage(message: JsonObject, at: string): ForeignMember[] {
  return [
    ...unreadMembers(message, at, MESSAGE),
    ...unreadOfContent(message['content'], `${at}.content`),
    ...unreadIn(message['tool_calls'], `${at}.tool_calls`, (call, place) => [
      ...unreadMembers(call, place, CALL),
      ...unreadMembers(call['function'], `${place}.function`, CALLED),
    ]),
  ];
}

/** A tool of another type is reported as a whole. */
function unreadOfTool(tool: JsonObject, at: string): ForeignMember[] {
  if (!isObject(tool['function'])) return [];
  return [
    ...unreadMembers(tool, at, TOOL),
    ...unreadMembers(tool['function'], `${at}.function`, FUNCTION),
  ];
}
