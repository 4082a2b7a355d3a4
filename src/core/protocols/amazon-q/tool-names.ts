/** `[a-zA-Z0-9_-]`, at most 64, in AWS's model; one gateway shortens at 63, so that is safe too (amazon-q.md §2.3). */
const LONGEST_NAME = 63;

/**
 * Tool names of one request in the form upstream takes, and back. A name that fits stays as it is; another is cleaned
 * and, where two would become one, numbered.
 */
export class ToolNames {
  private readonly toWire = new Map<string, string>();
  /** By lower case: the service compares names without it (§2.5 rule 5). */
  private readonly taken = new Map<string, string>();

  /** @param names those of the request's tools first: they keep their own form where it fits */
  constructor(names: Iterable<string>) {
    const all = [...new Set(names)];
    const fits = (name: string) => /^[a-zA-Z0-9_-]+$/.test(name) && name.length <= LONGEST_NAME;
    for (const name of [...all.filter(fits), ...all.filter((name) => !fits(name))]) this.add(name);
  }

  encode(name: string): string {
    return this.toWire.get(name) ?? name;
  }

  /** The client's own name; a name upstream made up is handed on as it is. */
  decode(wireName: string): string {
    return this.taken.get(wireName.toLowerCase()) ?? wireName;
  }

  private add(name: string): void {
    const clean = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, LONGEST_NAME) || 'tool';
    let wireName = clean;
    for (let number = 2; this.taken.has(wireName.toLowerCase()); number++) {
      const suffix = `_${number}`;
      wireName = clean.slice(0, LONGEST_NAME - suffix.length) + suffix;
    }
    this.toWire.set(name, wireName);
    this.taken.set(wireName.toLowerCase(), name);
  }
}
