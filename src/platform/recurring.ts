import { whileClosing } from './while-closing.js';

/** Work that comes again so long after it ended, and never twice at once. */
export class Recurring {
  private timer?: NodeJS.Timeout;
  private running: Promise<void> = Promise.resolve();
  private isStopping = false;

  /** Told to stop: work that is long may look at it. */
  get isStopped(): boolean {
    return this.isStopping;
  }

  /** @param work never rejects */
  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
  ) {}

  start(): void {
    if (this.isStopping) return;
    this.timer = setTimeout(() => {
      this.running = this.work();
      void this.running.then(() => this.start());
    }, this.everyMs).unref();
  }

  /** What runs is waited for, not for ever. */
  async stop(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await whileClosing(this.running);
  }
}
