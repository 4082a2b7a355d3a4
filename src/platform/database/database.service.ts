import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { Clock } from '../clock.js';
import { whileClosing } from '../while-closing.js';
import { PostgresConnections } from './postgres-connections.js';

/** An answer holds so long, however many ask. */
export const ANSWER_HOLDS_MS = 1_000;
/** A database that has not answered by then counts as away. Kubernetes' probes wait for a second, unless told otherwise. */
export const SILENCE_MS = 800;
/** The same when the service stops, and what was not written by then is lost. */
const LAST_SILENCE_MS = 2_000;

/** Whether the database answers; closes its connections last. */
@Injectable()
export class Database implements OnApplicationShutdown {
  private readonly connections?: PostgresConnections;
  private asked?: { at: number; answer: Promise<boolean> };
  private underWay?: Promise<boolean>;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {
    // Not before: a migration, or waiting for another replica's, takes as long as it takes.
    if (dataSource.options.type === 'postgres')
      this.connections = new PostgresConnections((dataSource.driver as PostgresDriver).master);
  }

  /** Takes `SILENCE_MS` at most; asks it once in `ANSWER_HOLDS_MS` at most, and never again before it has answered. */
  answers(): Promise<boolean> {
    const now = this.clock.now();
    if (this.asked && Math.abs(now - this.asked.at) < ANSWER_HOLDS_MS) return this.asked.answer;
    const answer = this.underWay === undefined ? within(SILENCE_MS, this.ask()) : Promise.resolve(false);
    this.asked = { at: now, answer };
    return answer;
  }

  /** When the service stops: of a database that hangs everybody would wait for the end of their own time. */
  async giveUpIfSilent(): Promise<void> {
    if (!(await within(LAST_SILENCE_MS, this.ask()))) this.connections?.giveUp();
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await whileClosing(this.dataSource.destroy());
  }

  private ask(): Promise<boolean> {
    this.underWay ??= this.dataSource
      .query('SELECT 1')
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        this.underWay = undefined;
      });
    return this.underWay;
  }
}

/** @returns false when it takes longer */
async function within(milliseconds: number, answer: Promise<boolean>): Promise<boolean> {
  const { promise: silence, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), milliseconds);
  try {
    return await Promise.race([answer, silence]);
  } finally {
    clearTimeout(timer);
  }
}
