import { jest } from '@jest/globals';

/** From now on what is done every so often waits for `jest.advanceTimersByTime`; everything else has its real time. */
export function fakeIntervals(): void {
  jest.useFakeTimers({
    doNotFake: [
      'setTimeout',
      'clearTimeout',
      'setImmediate',
      'clearImmediate',
      'nextTick',
      'queueMicrotask',
      'performance',
      'hrtime',
      'Date',
    ],
  });
}
