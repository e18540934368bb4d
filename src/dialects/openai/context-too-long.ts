/** How providers say that a conversation is longer than their model reads; most have no code for it. */
const SAID: readonly RegExp[] = [
  /maximum context length|context (?:length|window|limit) (?:of|is|was|exceed)/,
  /exceed\w* (?:the |model'?s? )*(?:available |maximum )?(?:context|token limit)/,
  /prompt is too long|input is too long|too long for (?:the )?(?:requested )?model/,
  /prompt contains \d+ tokens|input token count .{0,40}exceeds/,
  /too many (?:input )?tokens(?: for|: )/,
  // xAI
  /maximum prompt length is \d+/,
  // Together, and whoever else runs text-generation-inference
  /inputs` tokens \+ `max_new_tokens` must be/,
  // Alibaba
  /range of input length should be/,
  // LM Studio
  /initial prompt is greater than the context length/,
];

/** Tells the message of an error that says that the conversation is too long for the model. */
export function saysContextTooLong(message: string): boolean {
  const lower = message.toLowerCase();
  return SAID.some((words) => words.test(lower));
}
