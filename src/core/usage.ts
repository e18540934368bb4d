/** Tokens of one exchange, counted the same way whatever the provider counts. */
export interface Usage {
  /** All input tokens, those read from and written to the provider's prompt cache included. */
  readonly inputTokens: number;
  /** All output tokens, reasoning included. */
  readonly outputTokens: number;
  /** The part of `inputTokens` that was read from the provider's prompt cache. */
  readonly cacheReadTokens: number;
  /** The part of `inputTokens` that was written to the provider's prompt cache. */
  readonly cacheWriteTokens: number;
  /** The part of `cacheWriteTokens` that is kept for an hour, which some providers charge more for; absent for none. */
  readonly cacheWriteHourTokens?: number;
  /** The part of `outputTokens` that was reasoning. */
  readonly reasoningTokens: number;
  /** The provider reported no usage; the figures are estimated from the lengths of the texts. */
  readonly estimated: boolean;
}
