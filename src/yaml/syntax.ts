import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Scalar,
  visit,
  type Document,
  type ErrorCode,
  type Node,
  type YAMLError,
} from 'yaml';

/** A syntax error at a character offset. */
export interface SyntaxFault {
  readonly offset: number;
  readonly message: string;
}

// The parser's own messages quote the text, which may be a secret, and use parser terms.
const SENTENCES: Record<ErrorCode, string> = {
  ALIAS_PROPS: 'an alias cannot have an anchor or a tag of its own.',
  BAD_ALIAS: 'a name is missing after "*" or "&"; put the text in quotes if it is meant literally.',
  BAD_COLLECTION_TYPE: 'the tag does not match the value after it.',
  BAD_DIRECTIVE: 'this line starts with "%" but is not a YAML directive.',
  BAD_DQ_ESCAPE:
    'this escape sequence is not valid inside double quotes; use single quotes to keep backslashes.',
  BAD_INDENT: 'the indentation is wrong, or a bracket that was opened before is not closed.',
  BAD_PROP_ORDER: 'an anchor or a tag must stand before the value, on its own line or the same.',
  BAD_SCALAR_START: 'text that starts with this character must be in quotes.',
  BLOCK_AS_IMPLICIT_KEY:
    'there is a second ":" here, or the lines below are indented too far; put text that contains ": " in quotes.',
  BLOCK_IN_FLOW:
    'inside [ ] and { }, nested lists and maps must be written with [ ] and { } as well.',
  DUPLICATE_KEY: 'this key is already given above, in the same map.',
  IMPOSSIBLE: 'this cannot be read as YAML.',
  KEY_OVER_1024_CHARS: 'a key may have at most 1024 characters.',
  MISSING_CHAR:
    'something is missing here: a closing quote or bracket, a ":" after a key, or a "-".',
  MULTILINE_IMPLICIT_KEY: 'a key and its ":" must be on one line.',
  MULTIPLE_ANCHORS: 'a value can have one anchor only.',
  MULTIPLE_DOCS: 'the file contains a second document after "---"; only one is allowed.',
  MULTIPLE_TAGS: 'a value can have one tag only.',
  NON_STRING_KEY: 'a key must be plain text, not a list or a map.',
  RESOURCE_EXHAUSTION: 'the file is nested too deeply.',
  TAB_AS_INDENT: 'tabs cannot be used for indentation; use spaces.',
  TAG_RESOLVE_FAILED: 'unknown tag; remove it, or put text that starts with "!" in quotes.',
  UNEXPECTED_TOKEN: 'unexpected content; check the indentation and the quotes.',
};

/** Every syntax error of a parsed document. */
export function syntaxFaults(document: Document.Parsed): readonly SyntaxFault[] {
  const problems: readonly YAMLError[] = [...document.errors, ...document.warnings];
  const faults = problems.map(({ code, pos }) => ({
    offset: pos[0],
    message: SENTENCES[code],
  }));
  return [...faults, ...aliasFaults(document), ...mergeFaults(document)];
}

function aliasFaults(document: Document.Parsed): readonly SyntaxFault[] {
  const faults: SyntaxFault[] = [];
  visit(document, {
    Alias(_key, alias, ancestors) {
      const target: Node | undefined = alias.resolve(document);
      const offset = alias.range?.[0] ?? 0;
      if (target === undefined) {
        faults.push({ offset, message: 'no anchor of this name is defined above.' });
        // Anchors precede their aliases, so only an ancestor of an alias can contain it.
      } else if (ancestors.includes(target)) {
        faults.push({ offset, message: 'this alias refers to a value that contains the alias.' });
      }
    },
  });
  return faults;
}

/** `<<` may only merge maps. */
function mergeFaults(document: Document.Parsed): readonly SyntaxFault[] {
  const faults: SyntaxFault[] = [];
  visit(document, {
    Pair(_key, { key, value }) {
      if (!isScalar(key) || key.value !== '<<' || key.type !== Scalar.PLAIN) return;
      const source = resolved(document, value);
      const sources = isSeq(source) ? source.items.map((one) => resolved(document, one)) : [source];
      if (sources.every(isMap)) return;
      faults.push({
        offset: key.range?.[0] ?? 0,
        message: '"<<" must be followed by a map, an alias of a map, or a list of these.',
      });
    },
  });
  return faults;
}

function resolved(document: Document.Parsed, node: unknown): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}
