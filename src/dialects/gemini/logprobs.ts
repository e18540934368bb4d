import { objectsIn, textOrNull, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';

/** Likelihoods of tokens in Google's words, for what OpenAI's have said of them one by one. */
export function writtenLogprobs(told: readonly JsonObject[]): JsonObject {
  const tokens = told.flatMap(({ content }) => objectsIn(content));
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

/** Google's likelihoods of tokens in OpenAI's words; `null` where there are none. */
export function readLogprobs(result: JsonObject): JsonObject | null {
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
