/** Input of the control routes that can't be used; the message names the place. */
export class InvalidInput extends Error {}

/** Turns a JSON value into the value wanted, or throws InvalidInput. */
export type Reader<Value = unknown> = (value: unknown, path: string) => Value;

type ValuesOf<Readers extends Record<string, Reader>> = {
  [Name in keyof Readers]?: Exclude<ReturnType<Readers[Name]>, undefined>;
};

/** Reads an object's fields by their readers; a field without one is a mistake worth telling. */
export function readFields<Readers extends Record<string, Reader>>(
  value: unknown,
  path: string,
  readers: Readers,
): ValuesOf<Readers> {
  const known = new Map<string, Reader>(Object.entries(readers));
  const entries = Object.entries(readObject(value, path)).map(([name, field]) => {
    const reader = known.get(name);
    if (!reader) {
      throw new InvalidInput(`${path}.${name} is not known; there are ${[...known.keys()].join(', ')}`);
    }
    return [name, reader(field, `${path}.${name}`)];
  });
  return Object.fromEntries(entries) as ValuesOf<Readers>;
}

export function readObject(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new InvalidInput(`${path} must be an object`);
  }
  return value as Record<string, unknown>;
}

export const readText: Reader<string> = (value, path) => {
  if (typeof value !== 'string') {
    throw new InvalidInput(`${path} must be a string`);
  }
  return value;
};

export const readBoolean: Reader<boolean> = (value, path) => {
  if (typeof value !== 'boolean') {
    throw new InvalidInput(`${path} must be true or false`);
  }
  return value;
};

export const readBytes: Reader<Buffer> = (value, path) => {
  const text = readText(value, path);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
    throw new InvalidInput(`${path} must be base64`);
  }
  return Buffer.from(text, 'base64');
};

export function readNumber(least: number, most: number): Reader<number> {
  return (value, path) => {
    if (typeof value !== 'number' || value < least || value > most) {
      throw new InvalidInput(`${path} must be a number from ${least} to ${most}`);
    }
    return value;
  };
}

export function readChoice<Choice extends string | number>(...choices: readonly Choice[]): Reader<Choice> {
  return (value, path) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined) {
      throw new InvalidInput(`${path} must be one of ${choices.join(', ')}`);
    }
    return choice;
  };
}

export function readListOf<Value>(reader: Reader<Value>): Reader<Value[]> {
  return (value, path) => {
    if (!Array.isArray(value)) {
      throw new InvalidInput(`${path} must be a list`);
    }
    return value.map((entry, index) => reader(entry, `${path}[${index}]`));
  };
}

/** null takes away what was set. */
export function readRemovable<Value>(reader: Reader<Value>): Reader<Value | undefined> {
  return (value, path) => (value === null ? undefined : reader(value, path));
}
