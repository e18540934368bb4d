import * as z from 'zod';
import { GatewayError } from '../core/errors.js';
import type { ChatRequest } from '../dialects/dialect.js';
import { openai } from '../dialects/openai/openai.js';
import { offeredTools } from '../outcomes/offered-tools.js';
import type { Routing } from '../route/routing.js';
import { OOD_THRESHOLD } from '../route/decide.js';
import { answerBatch, batchId } from './batch.js';
import type { Io } from './io.js';

/** Other members of a line are part of its chat completions request. */
const batchLine = z.looseObject({
  id: batchId,
  prompt: z.string().nullish(),
  messages: z.array(z.unknown()).nullish(),
  tools: offeredTools.nullish(),
});

/**
 * `suffice route --batch`: a decision for every line; see `answerBatch`.
 *
 * @returns the exit code: `EXIT.failed` if any line was faulty
 */
export function routeBatch(
  file: string,
  policy: string,
  decide: (request: ChatRequest) => Promise<Routing>,
  io: Io,
): Promise<number> {
  const answer = async (line: z.infer<typeof batchLine>) =>
    outputOf(line.id, await decide(requestOf(line, policy)));
  return answerBatch(file, { schema: batchLine, answer }, io);
}

function requestOf(line: z.infer<typeof batchLine>, policy: string): ChatRequest {
  const { prompt, messages, tools } = line;
  if (prompt == null && messages == null) {
    throw new GatewayError('invalid_request', 'a line needs "prompt" or "messages"');
  }
  const body = {
    ...line,
    model: policy,
    messages: messages ?? [{ role: 'user', content: prompt }],
    tools: tools ?? undefined,
  };
  return openai.readRequest(Buffer.from(JSON.stringify(body)));
}

function outputOf(id: string | number, { decision, input }: Routing) {
  return {
    id,
    model: decision.model,
    reason: decision.reason,
    candidates: decision.candidates.map((candidate) => ({
      model: candidate.model,
      success: candidate.success,
      uncertainty: candidate.uncertainty,
      cost_usd: candidate.costUsd,
      output_tokens: Math.round(candidate.outputTokens),
      ood: input.ood > OOD_THRESHOLD,
    })),
  };
}
