import { objectsIn, textOrNull, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';

/** Converts OpenAI's log probabilities, collected event by event, to Google's format. */
export function encodeLogprobs(collected: readonly JsonObject[]): JsonObject {
  const tokens = collected.flatMap(({ content }) => objectsIn(content));
  return {
    chosenCandidates: tokens.map(candidateOf),
    topCandidates: tokens.map((token) => ({
      candidates: objectsIn(token['top_logprobs']).map(candidateOf),
    })),
  };
}

function candidateOf({ token, logprob }: JsonObject): JsonObject {
  return { token, logProbability: logprob };
}

/** Converts Google's log probabilities to OpenAI's format; `null` if there are none. */
export function decodeLogprobs(result: JsonObject): JsonObject | null {
  const chosen = objectsIn(result['chosenCandidates']);
  if (chosen.length === 0) return null;
  const top = objectsIn(result['topCandidates']);
  const content = chosen.map((candidate, i) => ({
    ...tokenOf(candidate),
    top_logprobs: objectsIn(top[i]?.['candidates']).map(tokenOf),
  }));
  return { content, refusal: null };
}

function tokenOf(candidate: JsonObject): JsonObject {
  const token = textOrNull(candidate['token']) ?? '';
  const logprob = numberOr(candidate['logProbability'], 0);
  return { token, logprob, bytes: [...Buffer.from(token)] };
}
