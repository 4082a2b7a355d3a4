import { Injectable } from '@nestjs/common';
import { endOf, type PassedOver } from '../../../core/pool/passed-over.js';
import { Clock } from '../../../platform/clock.js';
import { LiveSettings } from '../../../settings/live-settings.service.js';
import { Pool } from '../pool.service.js';
import type { PoolMember } from '../pool-member.js';
import { Roster } from '../roster.service.js';
import type {
  BindingDto,
  ChosenAccountDto,
  MeantModelDto,
  PassedOverDto,
  RefusalDto,
  RoutingExplanationDto,
} from './dto/routing-explanation.dto.js';
import { choiceOf, type Look, type Reason, reasonsOf } from './reasons.js';

/** A real request asks until one account will do: here somebody waits for an answer about it. */
const MOST_LISTS = 5;

export interface Question {
  /** As a client names it. */
  model: string;
  /** The conversation's name within the gateway (`LeaseRequest.conversation`). */
  conversation?: string;
  /** Accounts that are told of one by one, at most. */
  limit: number;
}

/** Tells which account a request would get now, and why no other. Takes nobody's turn. */
@Injectable()
export class Explanations {
  constructor(
    private readonly pool: Pool,
    private readonly roster: Roster,
    private readonly settings: LiveSettings,
    private readonly clock: Clock,
  ) {}

  async explain({ model, conversation, limit }: Question): Promise<RoutingExplanationDto> {
    const look = await this.pool.look({ model, conversation, excluded: new Set() }, MOST_LISTS);
    const now = this.clock.now();
    const members = Array.from(this.roster.all());
    const reasons = Array.from(reasonsOf(look, members, now));
    const { freeAt } = look.selection;
    return {
      strategy: this.settings.current.strategy,
      model: this.modelOf(look),
      binding: bindingOf(look),
      outcome: outcomeOf(look),
      chosen: chosenOf(look, now),
      freeAt: timeOf(freeAt),
      refusal: this.refusalOf(look),
      total: members.length,
      passedOver: countsOf(reasons),
      accounts: reasons.slice(0, limit).map((each) => passedOverOf(each, look, now)),
    };
  }

  private modelOf({ request, selection }: Look): MeantModelDto {
    const first = selection.chosen ?? selection.usable[0];
    const id = first && selection.modelAt.get(first)?.id;
    if (!first || id === undefined) return { requested: request.model, id: null, by: null };
    const { listed, byPattern } = this.roster.listingOf(request.model);
    const by = listed.has(first) ? 'name' : byPattern.includes(first) ? 'pattern' : 'unlisted';
    return { requested: request.model, id, by };
  }

  private refusalOf(look: Look): RefusalDto | null {
    const error = outcomeOf(look) === 'refused' ? this.pool.refusalOf(look) : undefined;
    return error ? { error: error.kind, message: error.message, retryAfter: error.retryAfter ?? null } : null;
  }
}

function outcomeOf({ selection: { chosen, freeAt, unasked } }: Look): RoutingExplanationDto['outcome'] {
  if (chosen) return 'chosen';
  if (freeAt !== undefined) return 'waits';
  return unasked.length > 0 ? 'asks' : 'refused';
}

function bindingOf({ boundTo, selection: { binding } }: Look): BindingDto | null {
  if (boundTo === undefined) return null;
  const state = binding === 'none' ? 'ended' : binding === 'spill' ? 'spilled' : 'kept';
  return { accountId: boundTo, state };
}

function chosenOf(look: Look, now: number): ChosenAccountDto | null {
  const choice = choiceOf(look);
  if (!choice) return null;
  const { chosen } = choice;
  return {
    accountId: chosen.id,
    label: chosen.account.label,
    by: choice.by === 'binding' ? 'binding' : 'turn',
    among: look.selection.candidates.length,
    isTrial: chosen.breaker.standing(now) === 'trial-due',
  };
}

/** The most frequent first. */
function countsOf(reasons: readonly Reason[]): { reason: PassedOver; accounts: number }[] {
  const counts = new Map<PassedOver, number>();
  for (const { reason } of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return Array.from(counts, ([reason, accounts]) => ({ reason, accounts })).sort((a, b) => b.accounts - a.accounts);
}

function passedOverOf({ member, reason }: Reason, { selection }: Look, now: number): PassedOverDto {
  return {
    accountId: member.id,
    label: member.account.label,
    reason,
    until: timeOf(endOf(reason, member, now)),
    model: modelAt(member, selection.modelAt),
  };
}

function modelAt(member: PoolMember, modelsAt: Look['selection']['modelAt']): string | null {
  return modelsAt.get(member)?.id ?? null;
}

function timeOf(milliseconds: number | undefined): string | null {
  return milliseconds === undefined || !Number.isFinite(milliseconds) ? null : new Date(milliseconds).toISOString();
}
