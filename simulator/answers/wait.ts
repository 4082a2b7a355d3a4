import type { ServerResponse } from 'node:http';

/** Waits, unless the client leaves first; then it answers false at once and the timer is gone. */
export function wait(response: ServerResponse, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.destroyed) {
      resolve(false);
      return;
    }
    const leave = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      response.off('close', leave);
      resolve(true);
    }, milliseconds);
    timer.unref();
    response.once('close', leave);
  });
}

/** Waits until the client has read enough for more to be written; false when it left. */
export function drained(response: ServerResponse): Promise<boolean> {
  return new Promise((resolve) => {
    if (response.destroyed) {
      resolve(false);
      return;
    }
    const settle = () => {
      response.off('drain', settle);
      response.off('close', settle);
      resolve(!response.destroyed);
    };
    response.once('drain', settle);
    response.once('close', settle);
  });
}
