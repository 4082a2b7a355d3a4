import type { AnswerCheck } from './answer-check.js';
import { Connection } from './connection.js';

/** What is sent to one target in one scenario, and what a good answer to it looks like. */
export interface Route {
  port: number;
  request: Buffer;
  check: AnswerCheck;
  /** Length of every good body: ids change from answer to answer, their lengths do not. */
  bodyLength: number;
}

/** Asks once and looks at the whole answer; its length is what all others are held against. */
export async function prepareRoute(route: Omit<Route, 'bodyLength'>): Promise<Route> {
  const connection = await Connection.open(route.port);
  try {
    const { status, body, bodyLength } = await connection.send(route.request, true);
    if (status !== 200 || !body) {
      throw new Error(`the first answer has status ${status}: ${String(body).slice(0, 500)}`);
    }
    route.check(body);
    return { ...route, bodyLength };
  } finally {
    connection.close();
  }
}
