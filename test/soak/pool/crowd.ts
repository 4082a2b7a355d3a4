import { setTimeout as delay } from 'node:timers/promises';
import { Chance } from '../../property/fuzz/chance.js';
import type { Asked } from './ask.js';
import { type Question, questionOf } from './question.js';

/** One request as it went. */
export interface Visit extends Asked {
  /** `performance.now()` when it began. */
  startedAt: number;
}

const MOST_THINKING_MS = 500;
/** After an error; a client that asks again at once would only measure how fast it is refused. */
const REFUSED_PAUSE_MS = 250;
const LONGEST_CONVERSATION = 12;

/** Clients that ask at the same time, each its next question a little after the answer to the last, until stopped. */
export class Crowd {
  private readonly visits: Visit[] = [];
  private readonly stopped = new AbortController();
  private readonly running: Promise<void>[];
  private number = 0;
  private conversations = 0;

  constructor(
    private readonly ask: (question: Question) => Promise<Asked>,
    clients: number,
    private readonly seed: number,
  ) {
    this.running = Array.from({ length: clients }, () => this.beClient());
  }

  /** What ended since the last look. */
  take(): Visit[] {
    return this.visits.splice(0);
  }

  /** Nobody asks again; resolves when the last answer has come. */
  async stop(): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.running);
  }

  private async beClient(): Promise<void> {
    let conversation = '';
    let turnsLeft = 0;
    while (!this.stopped.signal.aborted) {
      const number = this.number++;
      const chance = new Chance(this.seed, number);
      if (turnsLeft-- <= 0) {
        conversation = `soak-${this.seed}-${this.conversations++}`;
        turnsLeft = chance.below(LONGEST_CONVERSATION);
      }
      const thinking = chance.below(MOST_THINKING_MS);
      await this.pause(thinking);
      const startedAt = performance.now();
      const asked = await this.ask(questionOf(number, conversation, chance));
      this.visits.push({ ...asked, startedAt });
      if (asked.end === 'refused' || asked.end === 'broken') await this.pause(REFUSED_PAUSE_MS);
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    await delay(milliseconds, undefined, { signal: this.stopped.signal }).catch(() => undefined);
  }
}
