import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import * as z from 'zod';
import { GatewayError } from '../core/errors.js';
import type { ChatRequest } from '../dialects/dialect.js';
import { openai } from '../dialects/openai/openai.js';
import type { Routing } from '../route/router.js';
import { FAR } from '../route/decide.js';
import { EXIT, type Io } from './io.js';

const batchLine = z.object({
  id: z.union([z.string(), z.number()]),
  prompt: z.string().optional(),
  messages: z.array(z.unknown()).optional(),
  tools: z.array(z.unknown()).optional(),
  response_format: z.unknown().optional(),
});

/** Lines kept back before they are written: one system call for hundreds of lines. */
const FLUSH_CHARS = 1 << 16;

/**
 * `suffice route --batch`: a decision for every line, in the same order.
 *
 * A line that cannot be read stops nothing: its place in the output says what is wrong with it.
 *
 * @returns the exit code: failed if any line was faulty
 */
export async function routeBatch(
  file: string,
  policy: string,
  decide: (request: ChatRequest) => Routing,
  io: Io,
): Promise<number> {
  const input = file === '-' ? Readable.from([await io.readStdin()]) : createReadStream(file);
  let number = 0;
  let faulty = 0;
  let pending = '';
  for await (const line of createInterface({ input, crlfDelay: Infinity })) {
    number += 1;
    if (line.trim() === '') continue;
    const answer = answerLine(line, policy, decide);
    if ('error' in answer) {
      faulty += 1;
      io.err(`${file}:${number}: ${answer.error.message}\n`);
    }
    pending += `${JSON.stringify(answer)}\n`;
    if (pending.length > FLUSH_CHARS) {
      io.out(pending);
      pending = '';
    }
  }
  io.out(pending);
  return faulty === 0 ? EXIT.ok : EXIT.failed;
}

type BatchAnswer =
  | { readonly id: unknown; readonly error: { readonly code: string; readonly message: string } }
  | ReturnType<typeof decided>;

function answerLine(
  line: string,
  policy: string,
  decide: (request: ChatRequest) => Routing,
): BatchAnswer {
  let id: unknown = null;
  try {
    const parsed = batchLine.safeParse(JSON.parse(line));
    if (!parsed.success) {
      throw new GatewayError('invalid_request', z.prettifyError(parsed.error));
    }
    ({ id } = parsed.data);
    return decided(id, decide(requestOf(parsed.data, policy)));
  } catch (error) {
    if (error instanceof GatewayError) {
      return { id, error: { code: error.code, message: error.message } };
    }
    if (error instanceof SyntaxError) {
      return { id, error: { code: 'invalid_json', message: error.message } };
    }
    throw error;
  }
}

function requestOf(line: z.infer<typeof batchLine>, policy: string): ChatRequest {
  const { prompt, messages, tools, response_format } = line;
  if (prompt === undefined && messages === undefined) {
    throw new GatewayError('invalid_request', 'a line needs "prompt" or "messages"');
  }
  const body = {
    model: policy,
    messages: messages ?? [{ role: 'user', content: prompt }],
    tools,
    response_format,
  };
  return openai.readRequest(Buffer.from(JSON.stringify(body)));
}

function decided(id: unknown, { decision, input }: Routing) {
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
      ood: input.ood > FAR,
    })),
  };
}
