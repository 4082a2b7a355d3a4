/** Characters: a database's message may have a whole statement in it. */
const LONGEST_MESSAGE = 500;
const LONGEST_STACK = 3_000;
const MOST_CAUSES = 5;

/**
 * An error as a line shows it. Without its own fields: a database's error carries the values of its query, a client's
 * the whole request.
 */
export function describeError(error: unknown, depth = 0): object {
  if (!Error.isError(error)) return { message: `no error but ${typeof error}` };
  const { name, stack, code, cause } = error as Error & { code?: unknown };
  return {
    name,
    message: messageOf(error),
    stack: framesOf(stack),
    code: typeof code === 'string' ? code.slice(0, LONGEST_MESSAGE) : code,
    cause: depth < MOST_CAUSES && cause !== undefined ? describeError(cause, depth + 1) : undefined,
  };
}

/** Of a text that is no JSON, V8 quotes a piece, and it may be anybody's content. */
export function messageOf({ message }: Error): string {
  return message.endsWith('is not valid JSON') ? 'a text is not valid JSON' : message.slice(0, LONGEST_MESSAGE);
}

/** Without the message, which stands above them. */
function framesOf(stack: string | undefined): string | undefined {
  const at = stack?.search(/^ {4}at /m) ?? -1;
  return at < 0 ? undefined : stack?.slice(at, at + LONGEST_STACK);
}
