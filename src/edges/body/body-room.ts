/** In bodies of the largest size. */
const BODIES = 16;
/** Of these; so that no key can keep all others out. */
const BODIES_OF_A_KEY = 8;

/**
 * How much of bodies that are still coming is held, in bytes as they are decoded: many large ones that never end must
 * not take all memory.
 */
export class BodyRoom {
  private held = 0;
  private readonly byKey = new Map<string, number>();

  /** @param largest bytes of the largest body */
  constructor(private readonly largest: number) {}

  /** @returns false when there is no room for them: nothing is taken then */
  take(keyId: string, bytes: number): boolean {
    const ofKey = (this.byKey.get(keyId) ?? 0) + bytes;
    if (ofKey > BODIES_OF_A_KEY * this.largest || this.held + bytes > BODIES * this.largest) return false;
    this.byKey.set(keyId, ofKey);
    this.held += bytes;
    return true;
  }

  /** @param bytes as taken */
  give(keyId: string, bytes: number): void {
    const left = (this.byKey.get(keyId) ?? 0) - bytes;
    if (left > 0) this.byKey.set(keyId, left);
    else this.byKey.delete(keyId);
    this.held -= bytes;
  }
}
