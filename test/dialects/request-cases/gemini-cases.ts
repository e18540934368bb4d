import { PIXEL, SCHEMA, simple, type Case, type Parts } from './case.js';

const GEMINI_TOOLS = { tools: [{ functionDeclarations: [{ name: 'f' }] }] };
const IMAGE = { inlineData: { mimeType: 'image/png', data: PIXEL } };

export const GEMINI_MEMBERS: readonly Case[] = [
  ...simple({
    systemInstruction: { parts: [{ text: 'Be brief.' }] },
    safetySettings: [{ category: 'C', threshold: 'BLOCK_NONE' }],
    cachedContent: 'cachedContents/1',
    store: true,
    serviceTier: 'flex',
    ...GEMINI_TOOLS,
  }),
  ...Object.entries({
    temperature: 0.5,
    topP: 0.5,
    topK: 5,
    candidateCount: 2,
    maxOutputTokens: 99,
    stopSequences: ['x'],
    presencePenalty: 0.5,
    frequencyPenalty: 0.5,
    seed: 7,
    responseLogprobs: true,
    responseMimeType: 'application/json',
    thinkingConfig: { thinkingBudget: 2_000 },
    imageConfig: { aspectRatio: '1:1' },
    responseModalities: ['TEXT', 'IMAGE'],
    speechConfig: { languageCode: 'en-US' },
    mediaResolution: 'MEDIA_RESOLUTION_LOW',
    enableEnhancedCivicAnswers: true,
    audioTimestamp: true,
    routingConfig: {},
  }).map(([name, value]) => ({
    member: `generationConfig.${name}`,
    with: { generationConfig: { [name]: value } },
  })),
  {
    member: 'generationConfig.logprobs',
    with: { generationConfig: { responseLogprobs: true, logprobs: 3 } },
  },
  {
    member: 'generationConfig.responseSchema',
    with: { generationConfig: { responseMimeType: 'application/json', responseSchema: SCHEMA } },
    beside: { generationConfig: { responseMimeType: 'application/json' } },
  },
  {
    member: 'toolConfig',
    with: { toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
    beside: GEMINI_TOOLS,
  },
  {
    member: 'generationConfig.thinkingConfig.hologram',
    with: { generationConfig: { thinkingConfig: { hologram: 1 } } },
  },
  {
    member: 'toolConfig.includeServerSideToolInvocations',
    with: { toolConfig: { includeServerSideToolInvocations: true } },
  },
  {
    member: 'toolConfig.functionCallingConfig.streamFunctionCallArguments',
    with: { toolConfig: { functionCallingConfig: { streamFunctionCallArguments: true } } },
  },
  {
    member: 'parts[0].hologram',
    with: { contents: [{ role: 'user', parts: [{ text: 'hi', hologram: 1 }] }] },
  },
  {
    member: 'toolConfig.retrievalConfig',
    with: { toolConfig: { retrievalConfig: { languageCode: 'en' } } },
  },
  {
    member: 'toolConfig.allowedFunctionNames',
    with: { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['g'] } } },
    beside: {
      tools: [{ functionDeclarations: [{ name: 'f' }, { name: 'g' }] }],
      toolConfig: { functionCallingConfig: { mode: 'ANY' } },
    },
  },
  ...Object.entries({
    response: SCHEMA,
    responseJsonSchema: SCHEMA,
    behavior: 'NON_BLOCKING',
  }).map(([name, value]) => ({
    member: `tools[0].functionDeclarations[0].${name}`,
    with: { tools: [{ functionDeclarations: [{ name: 'f', [name]: value }] }] },
    beside: GEMINI_TOOLS,
  })),
  ...Object.entries({ videoMetadata: { fps: 1 }, mediaResolution: { level: 'LOW' } }).map(
    ([name, value]) => ({
      member: `parts[0].${name}`,
      with: {
        contents: [{ role: 'user', parts: [{ text: 'hi' }, { ...IMAGE, [name]: value }] }],
      },
      beside: { contents: [{ role: 'user', parts: [{ text: 'hi' }, IMAGE] }] },
    }),
  ),
  { member: 'tools[0].googleSearch', with: { tools: [{ googleSearch: {} }] } },
  { member: 'tools[0].codeExecution', with: { tools: [{ codeExecution: {} }] } },
];

export const GEMINI_PARTS: Parts = {
  image: { inlineData: { mimeType: 'image/png', data: PIXEL } },
  video: { inlineData: { mimeType: 'video/mp4', data: 'AA==' } },
  audio: { inlineData: { mimeType: 'audio/wav', data: 'AA==' } },
  document: { inlineData: { mimeType: 'application/pdf', data: 'AA==' } },
  'file by id': {
    fileData: {
      fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/1',
      mimeType: 'application/pdf',
    },
  },
  code: { executableCode: { language: 'PYTHON', code: '1' } },
  'code result': { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
  unknown: { hologram: {} },
};
