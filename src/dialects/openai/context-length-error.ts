/** Error messages for a conversation that exceeds the model's context; most providers have no code for it. */
const CONTEXT_ERRORS: readonly RegExp[] = [
  /maximum context length|context (?:length|window|limit) (?:of|is|was|exceed)/,
  /exceed\w* (?:the |model'?s? )*(?:available |maximum |max )?(?:context|token limit)/,
  /prompt is too long|input is too long|too long for (?:the )?(?:requested )?model/,
  /prompt contains \d+ tokens|input token count .{0,40}exceeds/,
  /too many (?:input )?tokens(?: for|: |\. max)/,
  // xAI
  /maximum prompt length is \d+/,
  // Together and others that run text-generation-inference
  /inputs` tokens \+ `max_new_tokens` must be/,
  // Alibaba
  /range of input length should be/,
  // LM Studio
  /initial prompt is greater than the context length/,
  // Amazon's Nova
  /number of input tokens exceeds maximum length/,
  // Z.ai
  /prompt exceeds max(?:imum)? length/,
  // SGLang and vLLM
  /(?:input|prompt) \(.{1,40}\) is longer than the (?:model'?s |maximum )/,
  // Groq and Cerebras, if their code for it is missing
  /reduce the length of the messages/,
];

/** Whether an error message says that the conversation is too long for the model. */
export function isContextLengthError(message: string): boolean {
  const lower = message.toLowerCase();
  return CONTEXT_ERRORS.some((pattern) => pattern.test(lower));
}
