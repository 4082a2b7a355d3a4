import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedRequest } from './planned-request.js';
import type { PlannedService } from './serve-planned.js';
import { type Visit, visit } from './visit.js';

export interface Caller {
  url: string;
  /** API keys, by their number in the plan. */
  keys: readonly string[];
}

/**
 * Sends these requests, as many at a time as there are clients, each of which pauses after an answer.
 * @param options `isOver` is asked before each one: no further request is sent when it says so
 */
export async function sendAll(
  { url, keys }: Caller,
  plans: readonly PlannedRequest[],
  service: PlannedService,
  { clients, pauseMs = 0, isOver = () => false }: { clients: number; pauseMs?: number; isOver?: () => boolean },
): Promise<Visit[]> {
  const visits: Visit[] = [];
  const waiting = plans.values();
  const beClient = async () => {
    for (const plan of waiting) {
      if (isOver()) return;
      visits.push(await visit(url, keys[plan.key] ?? '', plan, service.whenAsked(plan.number)));
      if (pauseMs > 0) await delay(pauseMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, beClient));
  return visits;
}
