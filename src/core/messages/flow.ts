/** The source of an answer, as far as its reader may touch it. */
export interface PausableSource {
  pause(): void;
  resume(): void;
}

/**
 * Lets the reader of an answer hold upstream back: an Observable cannot be paused, its source can (architecture
 * rule 4). Handed down with the call; whoever reads bytes for it attaches itself.
 */
export class Flow {
  private source: PausableSource | undefined;
  private paused = false;

  /** Called by the upstream call; a further attempt replaces the source of the one before. */
  attach(source: PausableSource): void {
    this.source = source;
    if (this.paused) source.pause();
  }

  pause(): void {
    this.paused = true;
    this.source?.pause();
  }

  resume(): void {
    this.paused = false;
    this.source?.resume();
  }
}
