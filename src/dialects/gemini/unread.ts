import { isObject, type JsonObject } from '../json.js';
import type { ForeignMember } from '../neutral/request.js';
import { unreadIn, unreadMembers, words } from '../neutral/unread.js';
import { camelMembers, listed } from './members.js';

const CONTENT = words('role parts');
const PART = words(
  `text thought thoughtSignature functionCall functionResponse inlineData fileData videoMetadata
   mediaResolution`,
);
/** The members of parts that are read; other parts are reported by their member. */
const READ_PARTS = ['functionCall', 'functionResponse', 'inlineData', 'fileData'];
const READ_MEMBERS = {
  functionCall: words('id name args partialArgs willContinue'),
  functionResponse: words('id name response parts willContinue'),
  inlineData: words('mimeType data displayName'),
  fileData: words('mimeType fileUri displayName'),
};
const TOOL_CONFIG = words('functionCallingConfig retrievalConfig');
const CALLING = words('mode allowedFunctionNames');
const THINKING = words('thinkingBudget thinkingLevel includeThoughts');

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
    ...unreadIn(listed(request['contents']), 'contents', (content, at) => [
      ...unreadMembers(camelMembers(content), at, CONTENT),
      ...unreadIn(listed(camelMembers(content)['parts']), `${at}.parts`, unreadOfPart),
    ]),
    ...unreadMembers(toolConfig, 'toolConfig', TOOL_CONFIG),
    ...unreadMembers(calling, 'toolConfig.functionCallingConfig', CALLING),
    ...unreadMembers(thinking, 'generationConfig.thinkingConfig', THINKING),
  ];
}

function unreadOfPart(given: JsonObject, at: string): ForeignMember[] {
  const part = camelMembers(given);
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
