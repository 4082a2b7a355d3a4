export type Keys = readonly (string | number)[];

export type Leaf = string | number | boolean;

/** Every text, number and truth value inside a value, with where it stands. */
export function* leavesOf(value: unknown, keys: Keys = []): Generator<{ keys: Keys; value: Leaf }> {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    yield { keys, value };
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* leavesOf(item, [...keys, index]);
  } else if (value !== null && typeof value === 'object') {
    for (const [key, item] of Object.entries(value)) yield* leavesOf(item, [...keys, key]);
  }
}

/** Every key of every object in a value. */
export function* keysOf(value: unknown): Generator<string> {
  if (value === null || typeof value !== 'object') return;
  for (const [key, item] of Object.entries(value)) {
    if (!Array.isArray(value)) yield key;
    yield* keysOf(item);
  }
}

/** What an item of a list goes by in a pattern, such as its type. */
export type TagOf = (value: unknown) => string | undefined;

export const typeOf: TagOf = (value) => {
  const { type } = (value ?? {}) as { type?: unknown };
  return typeof type === 'string' ? type : undefined;
};

/** Such as `messages.*.content.{text}.citations`: an item with a tag goes by it, a tool and any other by a star. */
export function patternOf(root: unknown, keys: Keys, tagOf: TagOf = typeOf): string {
  const steps: string[] = [];
  let value = root;
  for (const key of keys) {
    const isItem = Array.isArray(value);
    value = (value as Record<string, unknown>)[key];
    const tag = isItem && steps.at(-1) !== 'tools' ? tagOf(value) : undefined;
    steps.push(tag !== undefined ? `{${tag}}` : isItem ? '*' : String(key));
  }
  return steps.join('.');
}

/** Every place in a value, those that hold others too. */
export function* patternsOf(root: object, tagOf: TagOf = typeOf): Generator<string> {
  function* walk(value: unknown, keys: Keys): Generator<string> {
    if (value === null || typeof value !== 'object') return;
    for (const [key, item] of Object.entries(value)) {
      const path = [...keys, Array.isArray(value) ? Number(key) : key];
      yield patternOf(root, path, tagOf);
      yield* walk(item, path);
    }
  }
  yield* walk(root, []);
}
