import type { SecurityEvent } from './security-event.js';

const MAX_KINDS = 1_000;

/** Events of one kind, and how many there were since its last row. */
export interface Repetition {
  event: SecurityEvent;
  times: number;
}

/**
 * Which security events are new and which repeat: the first of its kind (reason, address and key) is told at once, then
 * how many followed. Bounded: kinds beyond 1,000 are summed by reason alone.
 */
export class RepeatedEvents {
  private readonly kinds = new Map<string, Repetition>();
  private readonly beyond = new Map<SecurityEvent['reason'], Repetition>();

  /** Counts it, unless it is the first of its kind: then its row is to be written at once. */
  isFirst(event: SecurityEvent): boolean {
    const kind = kindOf(event);
    const known = this.kinds.get(kind);
    if (known) known.times++;
    else if (this.kinds.size < MAX_KINDS) this.kinds.set(kind, { event, times: 0 });
    else this.sum(event.reason, 1);
    return !known && this.kinds.has(kind);
  }

  /** What happened since the last call. Kinds of which nothing did are forgotten. */
  take(): Repetition[] {
    const taken: Repetition[] = [...this.beyond.values()];
    this.beyond.clear();
    for (const [kind, { event, times }] of this.kinds) {
      if (times === 0) this.kinds.delete(kind);
      else {
        taken.push({ event, times });
        this.kinds.set(kind, { event, times: 0 });
      }
    }
    return taken;
  }

  /** What could not be written counts again. */
  putBack({ event, times }: Repetition): void {
    const known = this.kinds.get(kindOf(event));
    if (known) known.times += times;
    else if (event.address !== undefined && this.kinds.size < MAX_KINDS)
      this.kinds.set(kindOf(event), { event, times });
    else this.sum(event.reason, times);
  }

  private sum(reason: SecurityEvent['reason'], times: number): void {
    const sum = this.beyond.get(reason);
    if (sum) sum.times += times;
    else this.beyond.set(reason, { event: { reason }, times });
  }
}

function kindOf({ reason, address, keyId, prefix }: SecurityEvent): string {
  return JSON.stringify([reason, address, keyId ?? prefix]);
}
