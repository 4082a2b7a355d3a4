import { setTimeout as delay } from 'node:timers/promises';
import { Connection, type Exchanged } from './connection.js';
import type { Route } from './route.js';

/** What happened between two moments. Times in milliseconds. */
export interface LoadWindow {
  seconds: number;
  completed: number;
  failures: string[];
  firstByte: number[];
  total: number[];
}

// One answer in this many is read and checked to the last character; of the others status and length are.
const fullCheckEvery = 64;
const failureLimit = 20;
const drainLimit = 10_000;

/** Connections that each ask again as soon as they have their answer. */
export class Load {
  #window = emptyWindow();
  #windowBegan = performance.now();
  #sent = 0;
  #isStopping = false;
  readonly #connections: Promise<void>[];

  constructor(
    private readonly route: Route,
    connections: number,
  ) {
    this.#connections = Array.from({ length: connections }, () => this.#keepAsking());
  }

  /** Forgets what was counted so far. */
  beginWindow(): void {
    this.#window = emptyWindow();
    this.#windowBegan = performance.now();
  }

  endWindow(): LoadWindow {
    const window = { ...this.#window, seconds: (performance.now() - this.#windowBegan) / 1000 };
    this.#window = emptyWindow();
    return window;
  }

  /** Lets running requests finish. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await Promise.race([Promise.all(this.#connections), delay(drainLimit, undefined, { ref: false })]);
  }

  async #keepAsking(): Promise<void> {
    let connection: Connection | undefined;
    let failures = 0;
    while (!this.#isStopping && failures < failureLimit) {
      try {
        connection ??= await Connection.open(this.route.port);
        this.#sent += 1;
        this.#count(await connection.send(this.route.request, this.#sent % fullCheckEvery === 0));
      } catch (error) {
        failures += 1;
        this.#window.failures.push((error as Error).message);
        connection?.close();
        connection = undefined;
      }
    }
    connection?.close();
  }

  #count(answer: Exchanged): void {
    if (answer.status !== 200 || answer.bodyLength !== this.route.bodyLength) {
      throw new Error(`status ${answer.status} and ${answer.bodyLength} bytes instead of ${this.route.bodyLength}`);
    }
    if (answer.body) {
      this.route.check(answer.body);
    }
    this.#window.completed += 1;
    this.#window.firstByte.push(answer.firstByteAt - answer.sentAt);
    this.#window.total.push(answer.endedAt - answer.sentAt);
  }
}

function emptyWindow(): LoadWindow {
  return { seconds: 0, completed: 0, failures: [], firstByte: [], total: [] };
}
