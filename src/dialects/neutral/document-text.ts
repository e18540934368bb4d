import type { MediaPart } from './part.js';

/** A text document as message text, for providers that accept only PDF documents. */
export function documentText({ name, context }: MediaPart, text: string): string {
  const heads = [name, context].filter((head) => head !== undefined && head !== '');
  return [...heads, text].join('\n\n');
}
