/** The source of an answer, as far as its reader may touch it. */
export interface PausableSource {
  pause(): void;
  resume(): void;
}

/** Who holds an answer back: a client that does not read, or what has to be stored before more of it goes out. */
export type FlowHolder = 'client' | 'store';

/**
 * Lets the reader of an answer hold upstream back: an Observable cannot be paused, its source can (architecture
 * rule 4). Handed down with the call; whoever reads bytes for it attaches itself. Runs when nobody holds it.
 */
export class Flow {
  private source: PausableSource | undefined;
  private readonly held: Record<FlowHolder, boolean> = { client: false, store: false };

  /** Called by the upstream call; a further attempt replaces the source of the one before. */
  attach(source: PausableSource): void {
    this.source = source;
    if (this.isHeld()) source.pause();
  }

  pause(holder: FlowHolder): void {
    this.held[holder] = true;
    this.source?.pause();
  }

  resume(holder: FlowHolder): void {
    this.held[holder] = false;
    if (!this.isHeld()) this.source?.resume();
  }

  private isHeld(): boolean {
    return this.held.client || this.held.store;
  }
}
