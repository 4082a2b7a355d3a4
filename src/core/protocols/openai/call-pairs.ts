/** A result as it came in, and the call that it was found to answer. */
export interface ResultInput<Call, Block> {
  call?: Call;
  readonly content: readonly Block[];
}

/** What came in under one id. */
interface SameId<Call, Block> {
  /** Calls without a result so far, by the turn that made them, the newest turn last. */
  open: OpenTurn<Call>[];
  /** Results that no call stood before. */
  orphans: ResultInput<Call, Block>[];
}

interface OpenTurn<Call> {
  readonly turn: number;
  readonly calls: Call[];
  answered: number;
}

/**
 * Finds the call that each result answers, by their ids alone. Ids need not be unique: several clients count them anew
 * in each turn, so a result is taken for the first open call of the newest turn that has one of its id. One that stands
 * before its call is taken for that in the end, if nothing else answered it.
 */
export class CallPairs<Call, Block> {
  private readonly ids = new Map<string, SameId<Call, Block>>();
  private readonly results = new Map<Call, readonly Block[]>();
  private turn = 0;

  /** Calls from here on are made in another turn. */
  leaveTurn(): void {
    this.turn += 1;
  }

  addCall(id: string, call: Call): void {
    const { open } = this.sameId(id);
    const newest = open.at(-1);
    if (newest?.turn === this.turn) newest.calls.push(call);
    else open.push({ turn: this.turn, calls: [call], answered: 0 });
  }

  addResult(id: string, content: readonly Block[]): ResultInput<Call, Block> {
    const result: ResultInput<Call, Block> = { content };
    const same = this.sameId(id);
    const call = nextOpen(same.open);
    if (call === undefined) same.orphans.push(result);
    else this.pair(call, result);
    return result;
  }

  /** What answers each call that is answered; results say from now on which call theirs is. */
  finish(): ReadonlyMap<Call, readonly Block[]> {
    for (const { open, orphans } of this.ids.values()) {
      if (open.length === 0 || orphans.length === 0) continue;
      const calls = open.splice(0).flatMap((turn) => turn.calls.slice(turn.answered));
      const early = orphans.splice(0);
      for (let index = 0; index < calls.length && index < early.length; index++) {
        this.pair(calls[index] as Call, early[index] as ResultInput<Call, Block>);
      }
    }
    return this.results;
  }

  private pair(call: Call, result: ResultInput<Call, Block>): void {
    result.call = call;
    this.results.set(call, result.content);
  }

  private sameId(id: string): SameId<Call, Block> {
    let same = this.ids.get(id);
    if (!same) {
      same = { open: [], orphans: [] };
      this.ids.set(id, same);
    }
    return same;
  }
}

function nextOpen<Call>(open: OpenTurn<Call>[]): Call | undefined {
  const newest = open.at(-1);
  if (!newest) return undefined;
  const call = newest.calls[newest.answered];
  newest.answered += 1;
  if (newest.answered === newest.calls.length) open.pop();
  return call;
}
