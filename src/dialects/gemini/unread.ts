import { isObject, type JsonObject } from '../json.js';
import type { ForeignMember } from '../neutral/request.js';
import { unreadIn, unreadMembers, nameSet } from '../neutral/unread.js';
import { camelMembers, toList } from './members.js';

const CONTENT = nameSet('role parts');
const PART = nameSet(
  `text thought thoughtSignature functionCall functionResponse inlineData fileData videoMetadata
   mediaResolution`,
);
/** The members of parts that are read; other parts are reported by their member. */
const READ_PARTS = ['functionCall', 'functionResponse', 'inlineData', 'fileData'];
const READ_MEMBERS = {
  functionCall: nameSet('id name args partialArgs willContinue'),
  functionResponse: nameSet('id name response parts willContinue'),
  inlineData: nameSet('mimeType data displayName'),
  fileData: nameSet('mimeType fileUri displayName'),
};
const TOOL_CONFIG = nameSet('functionCallingConfig retrievalConfig');
const CALLING = nameSet('mode allowedFunctionNames');
const THINKING = nameSet('thinkingBudget thinkingLevel includeThoughts');

/**
 * The unread members of a generateContent request, below its top level.
 *
 * @param config - its `generationConfig`
 */
export function unreadBelow(request: JsonObject, config: JsonObject): ForeignMember[] {
  const toolConfig = camelMembers(request['toolConfig']);
  const calling = camelMembers(toolConfig['functionCallingConfig']);
  const thinking = camelMembers(config['thinkingConfig']);
  return [
    ...unreadIn(toList(request['contents']), 'contents', (content, at) => [
      ...unreadMembers(camelMembers(content), at, CONTENT),
      ...unreadIn(toList(camelMembers(content)['parts']), `${at}.parts`, unreadOfPart),
    ]),
    ...unreadMembers(toolConfig, 'toolConfig', TOOL_CONFIG),
    ...unreadMembers(calling, 'toolConfig.functionCallingConfig', CALLING),
    ...unreadMembers(thinking, 'generationConfig.thinkingConfig', THINKING),
  ];
}

function unreadOfPart(json: JsonObject, at: string): ForeignMember[] {
  const part = camelMembers(json);
  const isRead =
    typeof part['text'] === 'string' || READ_PARTS.some((name) => isObject(part[name]));
  if (!isRead) return [];
  return [
    ...unreadMembers(part, at, PART),
    ...Object.entries(READ_MEMBERS).flatMap(([name, read]) =>
      unreadMembers(camelMembers(part[name]), `${at}.${name}`, read),
    ),
  ];
}
