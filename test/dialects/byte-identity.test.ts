import type { ClientDialect, DialectName } from '../../src/dialects/dialect.js';
import { adapterBetween } from '../../src/dialects/dialects.js';
import { DIALECTS, TARGET } from '../support/translated.js';

/**
 * Requests as clients write them: odd white space, escapes, numbers that JavaScript would round,
 * unknown members, duplicate names. `@` stands for the model.
 */
const WRITTEN: readonly (readonly [DialectName & ClientDialect['name'], string, string])[] = [
  [
    'openai',
    'an agent’s turn with tools',
    `{"model":"@","messages":[{"role":"system","content":"caf\\u00e9 \\ud83d\\udea6"},{"role":"user","content":[{"type":"text","text":"hi"},
      {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA","detail":"low"}}]},
      {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{\\"model\\": \\"inner\\"}"}}]},
      {"role":"tool","tool_call_id":"c1","content":""}],
      "tools":[{"type":"function","function":{"name":"f","strict":true,"parameters":{"$schema":"x","type":"object","properties":{"model":{"const":1}}}}}],
      "seed":12345678901234567890,"temperature":1.0,"x_future":{"model":"untouched","n":1e400}}`,
  ],
  [
    'openai',
    'a stream, with the model last and twice',
    `\n{ "stream" : true, "stream_options":{"include_usage":true,"future":1} , "model" : "@", "messages":[ { "content" : "hi","role":"user" } ],"model":"@" }\n`,
  ],
  [
    'anthropic',
    'a coding agent’s turn',
    `{"model":"@","max_tokens":32000,"system":[{"type":"text","text":"x-anthropic-billing-header: a=b;"},{"type":"text","text":"You","cache_control":{"type":"ephemeral","ttl":"1h"}}],
      "messages":[{"role":"user","content":[{"type":"text","text":"go"}]},{"role":"system","content":"in the middle"},
      {"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"c2ln"},{"type":"redacted_thinking","data":"ZGF0YQ=="},{"type":"tool_use","id":"t/1","name":"f","input":{"model":"inner","big":9007199254740993}}]},
      {"role":"user","content":[{"type":"tool_result","tool_use_id":"t/1","content":[]}]}],
      "context_management":{"edits":[]},"thinking":{"type":"enabled","budget_tokens":31999},"output_config":{"effort":"high"},"metadata":{"user_id":"u"},"x":null}`,
  ],
  [
    'gemini',
    'parts of every kind',
    `{"system_instruction":{"parts":{"text":"S"}},"contents":[{"role":"user","parts":[{"text":"hi"},{"inline_data":{"mime_type":"video/mp4","data":"A_-A"}},{"fileData":{"fileUri":"files/1","mimeType":"application/pdf"}}]},
      {"role":"model","parts":[{"functionCall":{"name":"f","args":{"model":"inner"}},"thoughtSignature":"c2ln"},{"executableCode":{"language":"PYTHON","code":"1"}}]},
      {"role":"user","parts":[{"functionResponse":{"name":"f","response":{"n":12345678901234567890}}}]}],
      "safetySettings":[{"category":"C","threshold":"BLOCK_NONE"}],"cachedContent":"cachedContents/1","generationConfig":{"temperature":1.0,"responseModalities":["TEXT"]},"future":1}`,
  ],
  [
    'responses',
    'a stateless agent turn',
    `{"model":"@","store":false,"include":["reasoning.encrypted_content"],"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"caf\\u00e9"}]},
      {"type":"reasoning","summary":[],"encrypted_content":"ZW5j","id":"rs_1"},{"type":"function_call","call_id":"c1","name":"f","arguments":"{\\"model\\":1}"},
      {"type":"function_call_output","call_id":"c1","output":"ok"}],"tools":[{"type":"web_search"},{"type":"namespace","name":"n","tools":[]}],"prompt_cache_key":"k","x":{"model":"untouched"}}`,
  ],
];

test.each(WRITTEN)(
  'a request within one dialect is unchanged but for the model: %s, %s',
  (dialect, _what, text) => {
    const sent = text.replaceAll('"@"', '"vendor/model"');
    const request = DIALECTS[dialect].readRequest(Buffer.from(sent));

    const { body, dropped } = adapterBetween(dialect, dialect).prepareRequest(
      request,
      { model: 'model-there', askUsage: false },
      () => TARGET,
    );

    expect(body.toString()).toBe(text.replaceAll('"@"', '"model-there"'));
    expect(dropped).toEqual([]);
  },
);
