import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { displayPrefix, isGeneratedApiKey } from '../api-keys/api-key.js';
import { ApiKeyService } from '../api-keys/api-key.service.js';
import {
  type Accepted,
  type Authentication,
  isRefused,
  type Refused,
  UNKNOWN_KEY,
} from '../api-keys/authentication.js';
import { FailedKeys } from '../failed-attempts/failed-keys.service.js';
import { SecurityEvents } from '../security-events/security-events.service.js';
import type { Identity } from './identity.js';
import { LookUpsUnderWay } from './look-ups-under-way.js';
import { presentedKeys } from './presented-keys.js';

/** Longer than any key of ours: refused before it costs a digest. */
const MAX_KEY_LENGTH = 512;

/** What was found of one key of a request. */
interface Look {
  readonly key: string;
  readonly authentication: Authentication;
  readonly rank: number;
}

/** Of several keys the highest counts: one that is good, else the one that says most. */
const RANKS = { unknown: 0, disabled: 1, expired: 2, wrongAddress: 3, good: 4 };

/** Tells who calls by the keys a request brings; refuses those whose key is none, or may not be used from where they are. */
@Injectable()
export class Authenticator {
  private readonly lookUps = new LookUpsUnderWay();

  constructor(
    private readonly apiKeys: ApiKeyService,
    private readonly failedKeys: FailedKeys,
    private readonly events: SecurityEvents,
  ) {}

  /**
   * Who calls. On the path of every request: without a promise where the key is known.
   * @param address of the client, as `formatAddress` writes it
   * @throws GatewayError when there is no good key, perhaps as a rejection
   */
  identify(headers: IncomingHttpHeaders, address: string): Identity | Promise<Identity> {
    const presented = presentedKeys(headers);
    if (presented.length === 0) {
      this.events.turnedAway('missing');
      throw unauthenticated('x-api-key or authorization header is required');
    }
    const keys = this.admissible(address, presented);
    const looks = this.lookAt(keys, address, []);
    const before = this.lookUps.endOf(address);
    const turn = before && keys.some((key) => !isGeneratedApiKey(key)) ? before : undefined;
    if (!(looks instanceof Promise) && !turn) return this.judge(looks, address);
    const judged = this.judgeInTurn(looks, turn, address);
    this.lookUps.add(address, judged);
    return judged;
  }

  /**
   * Of guesses sent all at once no more are answered than one by one. So what may be a guess at an operator's own text waits
   * for those before it from its address: it may be right, and known at once.
   */
  private async judgeInTurn(
    looks: readonly Look[] | Promise<readonly Look[]>,
    turn: Promise<void> | undefined,
    address: string,
  ): Promise<Identity> {
    const found = await looks;
    await turn;
    return this.judge(this.stillAdmissible(address, found), address);
  }

  /** @throws GatewayError during a block of the address */
  private admissible(address: string, presented: readonly string[]): readonly string[] {
    const keys = this.failedKeys.admissible(address, presented);
    if (keys.length > 0) return keys;
    throw this.turnAway('Too many wrong API keys came from your address.', this.failedKeys.blockedFor(address));
  }

  /** A block may have begun while the database was asked. */
  private stillAdmissible(address: string, looks: readonly Look[]): readonly Look[] {
    const keys = this.admissible(
      address,
      looks.map(({ key }) => key),
    );
    return looks.filter(({ key }) => keys.includes(key));
  }

  /** Until one is good, which is enough: some clients send one in each header (anthropic.md §2). */
  private lookAt(keys: readonly string[], address: string, looks: Look[], index = 0): Look[] | Promise<Look[]> {
    const key = keys[index];
    if (key === undefined) return looks;
    const authentication = key.length <= MAX_KEY_LENGTH ? this.apiKeys.authenticate(key) : UNKNOWN_KEY;
    const next = (found: Authentication) => {
      const rank = rankOf(found, address);
      looks.push({ key, authentication: found, rank });
      return rank === RANKS.good ? looks : this.lookAt(keys, address, looks, index + 1);
    };
    if (!(authentication instanceof Promise)) return next(authentication);
    return authentication.then(next, async (error: unknown) => {
      // An outage must not be the time to guess what an operator chose.
      if (!isGeneratedApiKey(key)) this.countFailure(key, address);
      // A database that is away does not matter to somebody who brings another key, which is known.
      const others = await this.lookAt(keys, address, looks, index + 1);
      if (others.at(-1)?.rank === RANKS.good) return others;
      throw error;
    });
  }

  private judge(looks: readonly Look[], address: string): Identity {
    const { key, authentication, rank } = looks.reduce((best, look) => (look.rank > best.rank ? look : best));
    this.countFailures(looks, address);
    if (isRefused(authentication)) throw this.refuse(authentication, key, address);
    if (rank !== RANKS.good) throw this.refuseAddress(authentication, address);
    this.failedKeys.succeeded(address, authentication.identity.keyId, key);
    return authentication.identity;
  }

  /** A key that was ours is no guess: only what is unknown counts. */
  private countFailures(looks: readonly Look[], address: string): void {
    for (const { key, rank } of looks) if (rank === RANKS.unknown) this.countFailure(key, address);
  }

  private countFailure(key: string, address: string): void {
    const seconds = this.failedKeys.failed(address, key);
    if (seconds !== undefined) this.events.addressBlocked(address, seconds);
  }

  private refuse({ refused, keyId }: Refused, key: string, address: string): GatewayError {
    const retryAfter = refused === 'unknown' ? this.failedKeys.repeated(address, key) : undefined;
    if (retryAfter !== undefined) return this.turnAway('Too many requests with this wrong API key.', retryAfter);
    const prefix = keyId === undefined && isGeneratedApiKey(key) ? displayPrefix(key) : undefined;
    this.events.refused({ reason: refused, address, keyId, prefix });
    const message = 'invalid API key in the x-api-key or authorization header';
    return unauthenticated(refused === 'expired' ? `${message}. It has expired.` : message);
  }

  private turnAway(reason: string, retryAfter: number): GatewayError {
    this.events.turnedAway('blocked');
    return new GatewayError('rate_limit', `${reason} Try again in ${retryAfter} s.`, {
      retryAfter,
      shouldRetry: false,
    });
  }

  private refuseAddress({ identity }: Accepted, address: string): GatewayError {
    this.events.refused({ reason: 'wrong_address', address, keyId: identity.keyId, name: identity.name });
    const message = `This API key may not be used from your address, ${address}.`;
    return new GatewayError('permission', message, { shouldRetry: false });
  }
}

function rankOf(authentication: Authentication, address: string): number {
  if (isRefused(authentication)) return RANKS[authentication.refused];
  return (authentication.networks?.include(address) ?? true) ? RANKS.good : RANKS.wrongAddress;
}

function unauthenticated(message: string): GatewayError {
  return new GatewayError('authentication', message, { shouldRetry: false });
}
