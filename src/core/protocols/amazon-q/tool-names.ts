import { UniqueNames } from '../../messages/unique-names.js';

/** `[a-zA-Z0-9_-]`, at most 64, in AWS's model; one gateway shortens at 63, so that is safe too (amazon-q.md §2.3). */
const LONGEST_NAME = 63;
const FITS = /^[a-zA-Z0-9_-]{1,63}$/;

/**
 * Tool names of one request in the form upstream takes, and back. A name that fits stays as it is; another is cleaned
 * and, where two would become one, numbered.
 */
export class ToolNames {
  private readonly toWire = new Map<string, string>();
  /** By lower case: the service compares names without it (§2.5 rule 5). */
  private readonly fromWire = new Map<string, string>();
  private readonly unique = new UniqueNames(LONGEST_NAME);

  /** @param names those of the request's tools first: they keep their own form where it fits */
  constructor(names: Iterable<string>) {
    const misfits: string[] = [];
    for (const name of new Set(names)) {
      if (FITS.test(name)) this.add(name, name);
      else misfits.push(name);
    }
    for (const name of misfits) this.add(name, name.replace(/[^a-zA-Z0-9_-]/g, '_') || 'tool');
  }

  encode(name: string): string {
    return this.toWire.get(name) ?? name;
  }

  /** The client's own name; a name upstream made up is handed on as it is. */
  decode(wireName: string): string {
    return this.fromWire.get(wireName.toLowerCase()) ?? wireName;
  }

  private add(name: string, wanted: string): void {
    const wireName = this.unique.take(wanted);
    this.toWire.set(name, wireName);
    this.fromWire.set(wireName.toLowerCase(), name);
  }
}
