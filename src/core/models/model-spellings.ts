/** What clients append to a model's name and upstream does not know (amazon-q.md §7.2). */
const SUFFIXES = [/\[1m\]$/i, /-thinking$/, /-\d{8}$/];
/** `claude-sonnet-4-5` is `claude-sonnet-4.5` upstream: dots, not dashes. */
const DASHED_VERSION = /-(\d{1,2})-(\d{1,2})(?=-|$)/;

/** No model's name is as long; a client's text that is gets no work done on it. */
const LONGEST_NAME = 256;

/**
 * The names a requested model may have upstream, closest to the request first: as it is, then with one suffix after
 * the other taken off, each with its version dashed and dotted. The last one is the plain upstream form.
 */
export function modelSpellings(requested: string): string[] {
  if (requested.length > LONGEST_NAME) return [requested];
  const spellings: string[] = [];
  for (let name: string | undefined = requested; name !== undefined; name = withoutSuffix(name)) {
    spellings.push(name);
    const dotted = name.replace(DASHED_VERSION, '-$1.$2');
    if (dotted !== name) spellings.push(dotted);
  }
  return spellings;
}

function withoutSuffix(name: string): string | undefined {
  const suffix = SUFFIXES.find((candidate) => candidate.test(name));
  const shorter = suffix && name.replace(suffix, '');
  return shorter || undefined;
}
