/** How long a start that is under way may take to come to its end once nobody wants it any more. */
const LONGEST_START_MS = 5_000;
/** A terminal signals npm and this process, and npm hands it on: two within this time are one. */
const SAME_SIGNAL_MS = 500;

/**
 * Listens for SIGTERM and SIGINT from the moment it is made. The first process of a container has to do so before
 * anything else: the kernel drops what such a process has no handler for.
 */
export class StopSignals {
  /** The first signal. */
  readonly told: Promise<NodeJS.Signals>;
  /** One that came later: somebody does not want to wait. */
  readonly insisted: Promise<NodeJS.Signals>;
  /** When a start is no longer waited for. */
  readonly startGivenUp: Promise<unknown>;

  private toldAt?: number;
  private readonly first = Promise.withResolvers<NodeJS.Signals>();
  private readonly second = Promise.withResolvers<NodeJS.Signals>();

  constructor() {
    this.told = this.first.promise;
    this.insisted = this.second.promise;
    this.startGivenUp = Promise.race([this.insisted, this.told.then(() => patience())]);
    process.on('SIGTERM', this.take).on('SIGINT', this.take);
  }

  get isTold(): boolean {
    return this.toldAt !== undefined;
  }

  /** For as long as there is nothing that could be closed: a start that hangs ends the process, with 0. */
  endUnlessOver(start: Promise<unknown>): void {
    const over = start.then(
      () => true,
      () => true,
    );
    const givenUp = this.startGivenUp.then(() => false);
    void Promise.race([over, givenUp]).then((isOver) => {
      if (!isOver) process.exit(0);
    });
  }

  private readonly take = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (this.toldAt === undefined) {
      this.toldAt = now;
      this.first.resolve(signal);
    } else if (now - this.toldAt >= SAME_SIGNAL_MS) this.second.resolve(signal);
  };
}

function patience(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, LONGEST_START_MS).unref();
  });
}
