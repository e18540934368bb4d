/** The faults of each file in the folder `faulty`, in an environment with TEAM=red and an empty EMPTY. */
export const FAULTS: Readonly<Record<string, readonly string[]>> = {
  'alias-cycle': [
    '2:9: error: alias "fast" leads back to itself: fast → quick → rapid → fast.',
    '5:9: error: alias "self" leads back to itself: self → self.',
  ],
  'alias-hides': [
    '2:3: warning: alias "auto" hides the policy of the same name.',
    '3:3: warning: alias "own/one" hides the model of the same name.',
    '7:14: error: "budget.daily_usd" must be at least 0, not -1.',
  ],
  'api-key-is-a-number': ['3:14: error: "providers.openai.api_key" must be text, not a number.'],
  'api-key-with-line-break': [
    '2:3: error: Provider openai has a key with a character that keys cannot contain.',
  ],
  'base-url-with-endpoint': [
    '3:15: error: "providers.own.base_url" must end before "/chat/completions", which is appended to it.',
    '5:23: error: "providers.claude.base_url" must end before "/messages", which is appended to it.',
  ],
  'base-url-without-scheme': [
    '3:15: error: "providers.own.base_url" must be an http or https URL such as http://127.0.0.1:8000/v1.',
  ],
  'duplicate-section': ['4:1: error: this key is already given above, in the same map.'],
  'equal-keys': ['4:25: error: "keys[2].key" is the same key as "keys[0].key".'],
  'faults-of-every-kind': [
    '3:9: error: "server.port" must be a whole number, not the text "high".',
    '5:3: error: provider "opneai" is not one that Suffice knows, so it needs "base_url", or the "kind" of a known provider. Did you mean "openai"?',
    '7:14: error: environment variable NOT_SET is not set.',
    '8:5: error: unknown option "conections"; did you mean "connections"?',
    '9:15: error: alias "a" leads back to itself: a → b → a.',
    '11:10: error: "log.level" must be "debug", "info", "warn", "error" or "silent", not the text "verbose".',
  ],
  'faulty-keys': [
    '2:11: error: "keys[0].name" must be 1 to 64 characters without spaces, not the text "two words".',
    '4:5: error: "keys[1].name" is missing; it must be text.',
    '4:10: error: "keys[1].key" must be plain characters without spaces.',
    '7:23: error: "keys[2].metadata.team" must be text, not 7.',
  ],
  'faulty-placeholders': [
    '2:10: error: placeholders are written ${NAME} or ${NAME:-default}; for a literal "${" write "$${".',
    '3:8: error: placeholders are written ${NAME} or ${NAME:-default}; for a literal "${" write "$${".',
    '5:6: error: placeholders are written ${NAME} or ${NAME:-default}; for a literal "${" write "$${".',
  ],
  'header-of-the-connection': [
    '2:3: error: Provider own has a header content-length whose name or value is not valid.',
  ],
  'header-timeout-over-body-timeout': [
    '2:22: error: "server.header_timeout_ms" (120000) must be at most "server.body_timeout_ms" (60000), which covers the headers too.',
  ],
  'host-with-scheme': [
    '2:9: error: "server.host" must be a name or an address such as 127.0.0.1, without scheme, port and path.',
  ],
  'misspelt-option': [
    '2:3: error: unknown option "prot"; did you mean "port"?',
    '3:3: error: unknown option "max_body_byte"; did you mean "max_body_bytes"?',
  ],
  'misspelt-section': ['1:1: error: unknown option "sever"; did you mean "server"?'],
  'model-with-faulty-price': [
    '6:25: error: "models.own/one.hosts[0].price.input" must be a number, not the text "cheap".',
    '7:27: error: "models.own/one.capabilities[1]" must be "tools", "parallel_tools", "vision", "audio", "pdf", "json_mode", "json_schema", "reasoning", "prompt_caching" or "embeddings", not the text "vison"; did you mean "vision"?',
  ],
  'model-without-vendor': [
    '2:3: error: the name "gpt-5" in "models" must be a vendor and a name in lower case, such as openai/gpt-5-mini.',
  ],
  'no-provider-enabled': [
    '1:1: warning: no provider is enabled, so no model can be reached.',
    '4:7: error: "keys" must be a list, not the text "first".',
  ],
  'not-a-map': ['1:1: error: the file must be a map of options, not a list.'],
  'port-is-text': [
    '2:9: error: "server.port" must be a whole number, not the text "four thousand".',
  ],
  'port-out-of-range': ['2:9: error: "server.port" must be at most 65535, not 65536.'],
  'provider-name-in-capitals': [
    '2:3: error: the name "OpenAI" in "providers" must start with a lower-case letter, followed by lower-case letters, digits, - and _.',
  ],
  'provider-without-key': [
    '2:3: error: provider "openai" needs "api_key", or the variable OPENAI_API_KEY.',
  ],
  router: [
    '2:14: error: "router.predictor" must be "auto" or "heuristic", not the text "heuristics"; did you mean "heuristic"?',
    '3:17: error: "router.max_attempts" must be at least 1, not 0.',
    '4:14: error: "router.artefacts" must not be empty.',
    '6:11: error: "auto.models" must not be empty.',
    '7:12: error: "auto.exclude" must be a list, not the text "*".',
  ],
  'section-is-a-list': ['2:3: error: "server" must be a map of options, not a list.'],
  'tab-as-indentation': ['2:1: error: tabs cannot be used for indentation; use spaces.'],
  'timeout-with-unit': [
    '2:21: error: "server.drain_timeout_ms" must be a whole number, not the text "30s".',
    '4:15: error: "timeouts.connect_ms" must be at least 1, not -1.',
  ],
  'unknown-provider': [
    '2:3: error: provider "opneai" is not one that Suffice knows, so it needs "base_url", or the "kind" of a known provider. Did you mean "openai"?',
    '4:3: error: provider "elsewhere" is not one that Suffice knows, so it needs "base_url", or the "kind" of a known provider.',
  ],
  'unset-variables': [
    '2:9: error: environment variable NOT_SET is not set.',
    '5:14: error: environment variable NOT_SET_EITHER is not set.',
    '7:32: error: environment variable ALSO_NOT_SET is not set.',
  ],
  'useless-timeouts': [
    '2:15: warning: "timeouts.connect_ms" (6000) is more than "timeouts.total_ms" (5000), so it never applies.',
    '3:13: warning: "timeouts.first_byte_ms" (300000) is more than "timeouts.total_ms" (5000), so it never applies.',
    '4:20: error: "decisions.keep" must be at least 0, not -1.',
  ],
  'variable-of-the-wrong-kind': [
    '2:9: error: "server.port" must be a whole number; it comes from ${TEAM}.',
    '4:10: error: "log.level" must be "debug", "info", "warn", "error" or "silent"; it comes from ${TEAM}.',
    '5:13: error: "log.requests" must be true or false; it comes from ${TEAM:-true}.',
    '7:14: error: "budget.daily_usd" must be a number; it comes from ${TEAM}.',
    '10:14: error: "providers.openai.api_key" must not be empty.',
    '11:14: error: "providers.openai.enabled" must be true or false; it comes from ${TEAM}.',
  ],
};
