/** What gateways, clouds and SDKs put in front of a model's name (openai.md §13). */
const PREFIXES = [/^(anthropic|openai|models|bedrock)\//, /^([a-z]{2,6}(-[a-z]{2,6})?\.)?anthropic\./];
/** What is put behind it and upstream does not know (amazon-q.md §7.2, openai.md §13); the last one is Bedrock's. */
const SUFFIXES = [/\[1m\]$/, /[:-]thinking$/, /-latest$/, /[-@]\d{8}$/, /-\d{4}-\d{2}-\d{2}$/, /-v\d{1,2}:\d{1,2}$/];
/** `claude-sonnet-4-5` is `claude-sonnet-4.5` upstream: dots, not dashes. */
const DASHED_VERSION = /-(\d{1,2})-(\d{1,2})(?=-|$)/;

/** No model's name is as long; a client's text that is gets no work done on it. */
const LONGEST_NAME = 256;

/**
 * The names a requested model may have, closest to the request first: as it is, in small letters, without what stands
 * in front of it, then with one suffix after the other taken off, each with its version dashed and dotted.
 */
export function modelSpellings(requested: string): string[] {
  if (requested.length > LONGEST_NAME) return [requested];
  const small = requested.toLowerCase();
  const spellings = new Set([requested, small]);
  for (let name = withoutPrefixes(small); name !== ''; name = withoutSuffix(name)) {
    spellings.add(name);
    spellings.add(name.replace(DASHED_VERSION, '-$1.$2'));
  }
  return Array.from(spellings);
}

function withoutPrefixes(name: string): string {
  const prefix = PREFIXES.find((candidate) => candidate.test(name));
  return prefix ? withoutPrefixes(name.replace(prefix, '')) : name;
}

/** Empty where there is none left, or nothing in front of it. */
function withoutSuffix(name: string): string {
  const suffix = SUFFIXES.find((candidate) => candidate.test(name));
  return suffix ? name.replace(suffix, '') : '';
}
