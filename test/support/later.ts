import { Clock } from '../../src/platform/clock.js';
import type { RunningGateway } from './start-gateway.js';

/** From now on the gateway's clock is ahead by so many seconds more; timers run as ever. */
export function later({ app }: RunningGateway, seconds: number): void {
  const clock = app.get(Clock);
  const before = clock.now.bind(clock);
  clock.now = () => before() + seconds * 1000;
}
