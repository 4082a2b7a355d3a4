/** What is held in Redis is free there after so long: that of a replica that died. */
export const HOLD_MS = 60_000;
const RENEW_MS = 20_000;
/** Members renewed by one command. */
const BATCH_SIZE = 500;

interface Renewal {
  /** What is to be done each time besides. @returns whether there is more of it */
  each(): boolean;
  /** @returns undefined while Redis is away */
  renew(name: string, members: string[]): Promise<unknown>;
}

/** What this process holds in Redis, by name: renewed from time to time for as long as it is held. */
export class HeldMembers {
  private readonly held = new Map<string, Set<string>>();
  private timer?: NodeJS.Timeout;

  constructor(private readonly renewal: Renewal) {}

  add(name: string, member: string): void {
    const held = this.held.get(name) ?? new Set();
    this.held.set(name, held.add(member));
    this.timer ??= setInterval(() => void this.renewAll(), RENEW_MS).unref();
  }

  /** @returns whether it was held */
  delete(name: string, member: string): boolean {
    const held = this.held.get(name);
    const wasHeld = held?.delete(member) ?? false;
    if (held?.size === 0) this.held.delete(name);
    return wasHeld;
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Also at once, where Redis may have missed what is held. */
  async renewAll(): Promise<void> {
    const hasMore = this.renewal.each();
    if (this.held.size === 0 && !hasMore) return this.stop();
    for (const [name, held] of this.held) {
      const members = Array.from(held);
      for (let start = 0; start < members.length; start += BATCH_SIZE) {
        const batch = members.slice(start, start + BATCH_SIZE).filter((each) => held.has(each)); // those before took time
        if ((await this.renewal.renew(name, batch)) === undefined) return;
      }
    }
  }
}
