import { Clock } from '../../src/platform/clock.js';

/** A clock that stands still until a test moves it. */
export class TestClock extends Clock {
  constructor(private time = Date.UTC(2026, 10, 20, 12)) {
    super();
  }

  override now(): number {
    return this.time;
  }

  advance(seconds: number): void {
    this.time += seconds * 1000;
  }
}
