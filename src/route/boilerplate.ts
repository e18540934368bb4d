/** Characters of one turn that are read: half from its head, half from its tail. */
export const MAX_TURN_CHARS = 16_384;

/** A run this long without a space is data (base64, a hash, minified code), not prose. */
const MIN_BLOB_CHARS = 200;

const MAX_TAG_CHARS = 32;

/** Tags in which coding assistants and chat harnesses wrap what the user did not write. */
const HARNESS_TAGS: ReadonlySet<string> = new Set([
  'system-reminder',
  'system_reminder',
  'environment_details',
  'environment_context',
  'workspace_info',
  'project_layout',
  'user_info',
  'user_instructions',
  'user_rules',
  'ide_opened_file',
  'ide_selection',
  'command-name',
  'command-message',
  'local-command-stdout',
  'local-command-caveat',
  'local-command-stderr',
  'attached_files',
  'additional_data',
  'open_and_recently_viewed_files',
  'tool_result',
  'tool_response',
  'function_results',
]);

/**
 * Removes blocks of harness boilerplate and encoded data from a turn.
 *
 * Linear, and bounded whatever the size of the turn: of a long one only head and tail are read.
 *
 * @param parts - the text parts of one message
 * @returns at most 16,384 characters and a few line breaks
 */
export function stripBoilerplate(parts: readonly string[]): string {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  if (total <= MAX_TURN_CHARS) return dropBlobs(stripTags(parts.join('\n'), false)).trim();
  const half = MAX_TURN_CHARS / 2;
  const head = dropBlobs(stripTags(takeHead(parts, half), true));
  const tail = dropBlobs(stripTags(dropCutBlock(takeTail(parts, half)), false));
  return `${head}\n${tail}`.trim();
}

/** The first `chars` characters of the parts, without joining all of them. */
function takeHead(parts: readonly string[], chars: number): string {
  let head = '';
  for (const part of parts) {
    if (head.length >= chars) break;
    head += `${part.slice(0, chars - head.length)}\n`;
  }
  return head;
}

function takeTail(parts: readonly string[], chars: number): string {
  let tail = '';
  for (let i = parts.length - 1; i >= 0 && tail.length < chars; i--) {
    tail = `${parts[i]?.slice(-(chars - tail.length)) ?? ''}\n${tail}`;
  }
  return tail;
}

/**
 * Removes `<tag>…</tag>` for every harness tag.
 *
 * @param cut - the text was cut off at its end, so an unclosed block extends to the end
 */
function stripTags(text: string, cut: boolean): string {
  let kept = '';
  let from = 0;
  // The closing tag is searched for once per name: many unclosed tags would take quadratic time otherwise.
  const neverClosed = new Set<string>();
  for (let open = text.indexOf('<'); open >= 0; open = text.indexOf('<', open + 1)) {
    const tag = readTag(text, open + 1);
    if (tag === null || neverClosed.has(tag)) continue;
    const closing = `</${tag}>`;
    const close = text.indexOf(closing, open);
    if (close >= 0) {
      kept += text.slice(from, open);
      from = close + closing.length;
      open = from - 1;
    } else if (cut) {
      return kept + text.slice(from, open);
    } else {
      // An unclosed tag is text of the user's that mentions it.
      neverClosed.add(tag);
    }
  }
  return from === 0 ? text : kept + text.slice(from);
}

/** Removes the rest of a block whose beginning was cut off: everything up to an unopened closing tag. */
function dropCutBlock(text: string): string {
  for (let at = text.indexOf('</'); at >= 0; at = text.indexOf('</', at + 2)) {
    const tag = readTag(text, at + 2);
    if (tag === null) continue;
    const open = text.indexOf(`<${tag}>`);
    return open >= 0 && open < at ? text : text.slice(at + tag.length + 3);
  }
  return text;
}

/** The harness tag whose name starts at `start`, or `null`. */
function readTag(text: string, start: number): string | null {
  let end = start;
  while (end < text.length && end - start < MAX_TAG_CHARS && isTagCharacter(text.charCodeAt(end))) {
    end += 1;
  }
  const name = text.slice(start, end);
  return HARNESS_TAGS.has(name) ? name : null;
}

function isTagCharacter(code: number): boolean {
  return (code >= 97 && code <= 122) || code === 45 || code === 95;
}

function dropBlobs(text: string): string {
  let kept = '';
  let from = 0;
  let start = 0;
  while (start + MIN_BLOB_CHARS <= text.length) {
    // Scans backwards from the shortest end of a blob that begins at `start`: in prose it soon meets a
    // space, and everything before that can be skipped.
    const end = start + MIN_BLOB_CHARS;
    let i = end - 1;
    while (i >= start && isBlobCharacter(text, i)) i -= 1;
    if (i >= start) {
      start = i + 1;
      continue;
    }
    let blobEnd = end;
    while (blobEnd < text.length && isBlobCharacter(text, blobEnd)) blobEnd += 1;
    kept += text.slice(from, start);
    from = blobEnd;
    start = blobEnd + 1;
  }
  return from === 0 ? text : kept + text.slice(from);
}

function isBlobCharacter(text: string, index: number): boolean {
  return BLOB_CHARACTER[text.charCodeAt(index)] === 1;
}

/** 1 for characters of base64, hex and encoded URLs; not for the comma, so lists of numbers stay. */
const BLOB_CHARACTER = Uint8Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9+/=_%-]/.test(String.fromCharCode(code)) ? 1 : 0,
);
