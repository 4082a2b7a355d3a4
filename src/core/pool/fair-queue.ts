/** Who waits, for whom and what for. */
export interface Waiting {
  /** Whose it is; turns go round between callers. */
  readonly caller: string;
  /** What it waits for: those of one kind can be served by the same accounts, so that one of them may look for all. */
  readonly kind: string;
}

/**
 * Those who wait, fair between callers: whoever was served goes behind all other callers, however many more of his wait.
 * Among one caller's, those of one kind are served as they came. Adding and leaving cost the same at any length.
 */
export class FairQueue<W extends Waiting> {
  /** In the order of their turns. */
  private readonly callers = new Map<string, CallersOwn<W>>();
  private total = 0;

  get size(): number {
    return this.total;
  }

  add(waiting: W): void {
    let own = this.callers.get(waiting.caller);
    if (!own) {
      own = { size: 0, kinds: new Map() };
      this.callers.set(waiting.caller, own);
    }
    const same = own.kinds.get(waiting.kind);
    if (same) same.add(waiting);
    else own.kinds.set(waiting.kind, new Set([waiting]));
    own.size++;
    this.total++;
  }

  /** Whoever is not there has left already. */
  leave(waiting: W): void {
    const own = this.callers.get(waiting.caller);
    const same = own?.kinds.get(waiting.kind);
    if (!own || !same?.delete(waiting)) return;
    if (same.size === 0) own.kinds.delete(waiting.kind);
    own.size--;
    this.total--;
    if (own.size === 0) this.callers.delete(waiting.caller);
  }

  /** It got what it waited for: the next turn is another caller's. */
  served(waiting: W): void {
    this.leave(waiting);
    const own = this.callers.get(waiting.caller);
    if (!own) return;
    this.callers.delete(waiting.caller);
    this.callers.set(waiting.caller, own);
  }

  /** How many of this caller's wait. */
  sizeOf(caller: string): number {
    return this.callers.get(caller)?.size ?? 0;
  }

  /**
   * Who has to make room for one more of a caller where there is none: the last that came, of the kind he has most of,
   * of whoever has most waiting, if the caller has less than that even with one more. Undefined: nobody.
   */
  displacedBy(caller: string): W | undefined {
    let most: CallersOwn<W> | undefined;
    for (const own of this.callers.values()) if (own.size > (most?.size ?? 0)) most = own;
    if (!most || most.size <= this.sizeOf(caller) + 1) return undefined;
    let newest: Set<W> | undefined;
    for (const same of most.kinds.values()) if (same.size > (newest?.size ?? 0)) newest = same;
    return newest && lastOf(newest);
  }

  /**
   * Round the callers, one of each at a time and those next in turn first, as long as any is of a kind that is worth a
   * look. A kind that was looked for goes behind the caller's others. Who comes meanwhile has its turn next time round.
   */
  *round(isWorthALook: (kind: string) => boolean): Generator<W, undefined> {
    for (let isAnyLeft = true; isAnyLeft; ) {
      isAnyLeft = false;
      for (const caller of Array.from(this.callers.keys())) {
        const next = this.nextOf(caller, isWorthALook);
        if (!next) continue;
        isAnyLeft = true;
        yield next;
      }
    }
    return undefined;
  }

  private nextOf(caller: string, isWorthALook: (kind: string) => boolean): W | undefined {
    const kinds = this.callers.get(caller)?.kinds;
    for (const [kind, same] of kinds ?? []) {
      if (!isWorthALook(kind)) continue;
      kinds?.delete(kind);
      kinds?.set(kind, same);
      const [first] = same;
      return first;
    }
    return undefined;
  }
}

interface CallersOwn<W> {
  size: number;
  kinds: Map<string, Set<W>>;
}

function lastOf<T>(all: Iterable<T>): T | undefined {
  let last: T | undefined;
  for (const each of all) last = each;
  return last;
}
