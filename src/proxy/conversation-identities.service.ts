import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { LRUCache } from 'lru-cache';
import { conversationKey } from '../accounts/pool/conversation-key.js';
import type { Identity } from '../auth/access/identity.js';
import { atMost } from '../platform/at-most.js';
import type { Routing } from './conversation.js';
import { type ConversationName, conversationNameOf } from './conversation-name.js';
import { openingDigest } from './opening-digest.js';
import { upstreamConversationId } from './upstream-conversation-id.js';

/** Conversations whose id upstream refused: it hardly ever does. */
const MOST_REFUSED = 10_000;
const NOBODY = { keyId: '' };

/** Which conversation a request belongs to. */
export interface ConversationIdentity {
  /** The id under which upstream knows it. */
  readonly conversationId: string;
  /** The id it has from now on, after upstream refused that one. */
  readonly anotherId: (refused: string) => string;
  readonly routing: Routing;
}

/**
 * Finds out which conversation a request belongs to: by the name its client gives it, else by how it began. What one
 * API key names says nothing about what another one names alike.
 */
@Injectable()
export class ConversationIdentities {
  /** How many ids of a conversation were refused; after a restart the same ids come in the same order. */
  private readonly refusals = new LRUCache<string, number>(atMost(MOST_REFUSED));

  /**
   * @param request the body of a Messages request, be it a good one or not
   * @param cacheKey `prompt_cache_key` of an OpenAI request
   */
  of(request: unknown, { headers, identity }: Pick<Request, 'headers' | 'identity'>, cacheKey?: string) {
    const name = conversationNameOf(headers, userIdOf(request), cacheKey);
    const opening = name?.isUnique ? undefined : openingDigest(request);
    return this.identityOf(identity ?? NOBODY, name, opening);
  }

  private identityOf(
    { keyId: caller, allowedModels: allowed }: Pick<Identity, 'keyId' | 'allowedModels'>,
    name: ConversationName | undefined,
    opening: string | undefined,
  ): ConversationIdentity {
    const known = name?.name ?? (opening === undefined ? undefined : `opening ${opening}`);
    const conversation = known === undefined ? undefined : conversationKey(caller, known);
    // A program or a user has many conversations, all of which go to one account.
    const seed = conversation === undefined ? randomUUID() : `${conversation} ${name ? (opening ?? '') : ''}`;
    return {
      conversationId: upstreamConversationId(seed, this.refusals.get(seed) ?? 0),
      anotherId: (refused) => this.anotherId(seed, refused),
      routing: { conversation, caller, allowed },
    };
  }

  private anotherId(seed: string, refused: string): string {
    const generation = this.refusals.get(seed) ?? 0;
    const current = upstreamConversationId(seed, generation);
    // Another request of the conversation was refused before.
    if (current !== refused) return current;
    this.refusals.set(seed, generation + 1);
    return upstreamConversationId(seed, generation + 1);
  }
}

function userIdOf(request: unknown): unknown {
  return (request as { metadata?: { user_id?: unknown } | null } | null | undefined)?.metadata?.user_id;
}
