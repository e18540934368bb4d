import type { Conversation } from '../../core/conversation.js';
import type { Features } from '../features.js';
import { PERSONAL_DATA } from './personal-data.js';
import { personalData, wholeText } from './whole-text.js';

/** Everything that conditions can read: the request, the caller, the time and the budget. */
export interface RuleFacts {
  /** The client's value of `model`. */
  readonly model: string;
  readonly stream: boolean;
  /** The client's own labels. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly conversation: Pick<
    Conversation,
    'messages' | 'tools' | 'toolRequired' | 'choices' | 'maxOutputTokens' | 'reasoningEffort'
  >;
  readonly features: Features;
  readonly key: {
    /** `anonymous` if no keys are configured. */
    readonly name: string;
    /** The operator's labels of the key. */
    readonly metadata: Readonly<Record<string, string>>;
  };
  /** Wall clock, milliseconds since 1970. */
  readonly timeMs: number;
  readonly budget: {
    /** `null`: no budget. */
    readonly limitUsd: number | null;
    readonly spentUsd: number;
  };
}

/** A CEL type, as written in a declaration. */
type FactType =
  | 'bool'
  | 'double'
  | 'google.protobuf.Timestamp'
  | 'int'
  | 'list<string>'
  | 'map<string, string>'
  | 'string';

/** A field that a condition can read, such as `request.model`. */
interface FactField {
  readonly type: FactType;
  /** One line for the manual and for error messages. */
  readonly description: string;
  /** All values, if the set is closed: any other is a mistake. */
  readonly values?: readonly string[];
  /** The smallest and the largest value, if known. */
  readonly range?: readonly [number, number];
  /** The format of every value, if known. */
  readonly form?: { readonly pattern: RegExp; readonly example: string };
  /** A share, although it can be above 1. */
  readonly isShare?: boolean;
  /** A whole number for `int`, a number for `double`, a `Date` for a timestamp. */
  readonly read: (facts: RuleFacts) => unknown;
}

const DAY_MS = 86_400_000;
/** 1 January 1970 was a Thursday, day 4 of a week that begins on Monday. */
const EPOCH_WEEKDAY = 4;

const text = (description: string, read: (facts: RuleFacts) => string): FactField => ({
  type: 'string',
  description,
  read,
});

const whole = (
  description: string,
  read: (facts: RuleFacts) => number,
  range: readonly [number, number] = [0, Infinity],
): FactField => ({
  type: 'int',
  description,
  range,
  read: (facts) => Math.round(read(facts)),
});

const fraction = (
  description: string,
  read: (facts: RuleFacts) => number,
  range: readonly [number, number] = [0, Infinity],
): FactField => ({ type: 'double', description, range, read });

const flag = (description: string, read: (facts: RuleFacts) => boolean): FactField => ({
  type: 'bool',
  description,
  read,
});

/** Every variable of conditions with its fields; the manual has one line for each. */
export const FACT_FIELDS: Readonly<Record<string, Readonly<Record<string, FactField>>>> = {
  request: {
    model: text(
      'what the client sent as `model`: the name of a policy, or an alias of one',
      (f) => f.model,
    ),
    stream: flag('the client requested a stream', (f) => f.stream),
    max_tokens: whole(
      'the client’s limit on the answer, 0 for none',
      (f) => f.conversation.maxOutputTokens ?? 0,
    ),
    choices: whole('answers requested (`n`), at least 1', (f) => f.conversation.choices, [
      1,
      Infinity,
    ]),
    has_tools: flag('the request offers tools', (f) => f.conversation.tools.length > 0),
    tools: {
      type: 'list<string>',
      description: 'names of the offered tools',
      read: (f) => f.conversation.tools.map((tool) => tool.name),
    },
    tool_required: flag('the client requires a tool call', (f) => f.conversation.toolRequired),
    images: whole('images in the conversation', (f) => f.features.images),
    format: {
      ...text('the requested format', (f) => f.features.format),
      values: ['text', 'json_object', 'json_schema'],
    },
    reasoning_effort: text(
      '`minimal`, `low`, `medium`, `high`…, empty if the client does not set it',
      (f) => f.conversation.reasoningEffort ?? '',
    ),
    text: text('all messages, tool calls and tool results in full', (f) =>
      wholeText(f.conversation.messages),
    ),
    personal_data: {
      type: 'list<string>',
      description: 'what `request.text` contains of `email`, `iban` and `card`',
      values: PERSONAL_DATA,
      read: (f) => personalData(f.conversation.messages),
    },
  },
  features: {
    input_tokens: whole('estimated tokens of the whole input', (f) => f.features.inputTokens),
    language: {
      ...text('ISO 639-1 code, `und` if undetermined', (f) => f.features.language),
      form: { pattern: /^[a-z]{2,3}$/, example: 'de' },
    },
    code: fraction('share of the text that is code, 0 to 1', (f) => f.features.code, [0, 1]),
    maths: fraction('how mathematical the text is, 0 to 1', (f) => f.features.maths, [0, 1]),
    turns: whole('user turns in the conversation', (f) => f.features.turns),
    text: text(
      'the question, without boilerplate and tool output, shortened to some 4,000 characters',
      (f) => f.features.text,
    ),
    text_length: whole('characters of `features.text`', (f) => f.features.text.length),
    material_length: whole(
      'characters of the text or code that the request works on; 0 for none',
      (f) => f.features.materialChars,
    ),
  },
  key: {
    name: text('the API key’s name, `anonymous` if no keys are configured', (f) => f.key.name),
    metadata: {
      type: 'map<string, string>',
      description: 'the `metadata` of the key in the configuration',
      read: (f) => f.key.metadata,
    },
  },
  time: {
    now: {
      type: 'google.protobuf.Timestamp',
      description: 'a timestamp: `time.now.getHours("Europe/Berlin")`',
      read: (f) => new Date(f.timeMs),
    },
    iso: text('`2026-11-20T09:30:00.000Z`', (f) => new Date(f.timeMs).toISOString()),
    date: {
      ...text('`2026-11-20`, UTC', (f) => new Date(f.timeMs).toISOString().slice(0, 10)),
      form: { pattern: /^\d{4}-\d{2}-\d{2}$/, example: '2026-11-20' },
    },
    hour: whole('0 to 23, UTC', (f) => Math.floor((f.timeMs % DAY_MS) / 3_600_000), [0, 23]),
    minute: whole('0 to 59, UTC', (f) => Math.floor((f.timeMs % 3_600_000) / 60_000), [0, 59]),
    weekday: whole(
      '1 for Monday to 7 for Sunday, UTC',
      (f) => ((Math.floor(f.timeMs / DAY_MS) + EPOCH_WEEKDAY - 1) % 7) + 1,
      [1, 7],
    ),
  },
  budget: {
    limit_usd: fraction(
      'the day’s budget in US dollars, infinite without one',
      (f) => f.budget.limitUsd ?? Infinity,
    ),
    spent_usd: fraction('US dollars spent today', (f) => f.budget.spentUsd),
    used: {
      ...fraction(
        'share of the budget that is spent, 0 without a budget; 1 or more when exhausted',
        budgetUsed,
      ),
      isShare: true,
    },
  },
};

function budgetUsed({ budget }: RuleFacts): number {
  if (budget.limitUsd === null) return 0;
  // A budget of 0 is exhausted from the start.
  if (budget.limitUsd <= 0) return 1;
  return budget.spentUsd / budget.limitUsd;
}
