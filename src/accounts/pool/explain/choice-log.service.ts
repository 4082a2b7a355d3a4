import { Injectable, Logger } from '@nestjs/common';
import type { PassedOver } from '../../../core/pool/passed-over.js';
import { Clock } from '../../../platform/clock.js';
import { isForDebugging } from '../../../platform/logging/log-levels.js';
import { LiveSettings } from '../../../settings/live-settings.service.js';
import { Roster } from '../roster.service.js';
import { choiceOf, type Look, reasonsOf } from './reasons.js';

/** Accounts named in one line; of the others the number stands there, by reason. */
const MOST_NAMED = 20;
/** Names come from clients. */
const LONGEST_NAME = 256;

/** One line at debug for each look at the pool: who was chosen, and why nobody else. Costs nothing at other levels. */
@Injectable()
export class ChoiceLog {
  private readonly logger = new Logger('Pool');

  constructor(
    private readonly roster: Roster,
    private readonly settings: LiveSettings,
    private readonly clock: Clock,
  ) {}

  /** Before the account is taken: afterwards it is as busy as it was made by that. */
  note(look: Look): void {
    if (isForDebugging(this.settings.current.logLevel)) this.logger.debug(this.lineOf(look));
  }

  private lineOf(look: Look): object {
    const { request, boundTo, selection } = look;
    const choice = choiceOf(look);
    const passedOver: Partial<Record<PassedOver, number>> = {};
    const named: string[] = [];
    for (const { member, reason } of reasonsOf(look, this.roster.all(), this.clock.now())) {
      passedOver[reason] = (passedOver[reason] ?? 0) + 1;
      if (named.length < MOST_NAMED) named.push(`${member.id}: ${reason}`);
    }
    return {
      msg: choice ? 'Account chosen' : selection.freeAt === undefined ? 'No account found' : 'Every account is full',
      model: request.model.slice(0, LONGEST_NAME),
      account: choice?.chosen.id,
      by: choice?.by,
      strategy: this.settings.current.strategy,
      among: selection.candidates.length,
      boundTo,
      binding: selection.binding,
      passedOver,
      accounts: named,
    };
  }
}
