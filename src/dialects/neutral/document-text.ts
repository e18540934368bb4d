import type { MediaPart } from './part.js';

/** A document as part of a message's text, for providers that take no documents but PDF. */
export function documentText({ name, context }: MediaPart, text: string): string {
  const heads = [name, context].filter((head) => head !== undefined && head !== '');
  return [...heads, text].join('\n\n');
}
