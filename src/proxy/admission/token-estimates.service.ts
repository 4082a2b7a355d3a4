import { Injectable } from '@nestjs/common';
import { Pool } from '../../accounts/pool/pool.service.js';
import { roughTokens } from '../../core/messages/rough-tokens.js';
import type { MessagesRequest } from '../../core/messages/vocabulary.js';
import type { TokenUse } from '../../core/models/prices.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import { TokenCounter } from '../tokens/token-counter.service.js';
import { NO_TOKENS } from './answer-use.js';

/** An answer is expected to have no more: most have less, however much its client allows for. */
const MOST_OUTPUT = 1_000;

/** What a request is expected to use, and of which model by upstream's name. */
export interface Estimate {
  modelId: string;
  use: TokenUse;
}

/** Works out what a request is expected to use, before anybody is asked. */
@Injectable()
export class TokenEstimates {
  constructor(
    private readonly pool: Pool,
    private readonly tokens: TokenCounter,
  ) {}

  of(request: MessagesRequest): Estimate {
    const model = this.modelOf(request.model);
    const input = this.tokens.estimate(request, model);
    return { modelId: model.id, use: { ...NO_TOKENS, input, output: Math.min(request.max_tokens, MOST_OUTPUT) } };
  }

  /** Of one that we can't read, which an endpoint may. */
  ofUnread(requestedModel: string, body: unknown): Estimate {
    const use = { ...NO_TOKENS, input: roughTokens(body), output: MOST_OUTPUT };
    return { modelId: this.modelOf(requestedModel).id, use };
  }

  /** One that nobody has is refused by the pool. */
  private modelOf(requested: string): UpstreamModel {
    try {
      return this.pool.modelNamed(requested);
    } catch {
      return { id: requested };
    }
  }
}
