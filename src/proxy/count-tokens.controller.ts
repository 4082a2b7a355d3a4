import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Pool } from '../accounts/pool/pool.service.js';
import { Caller } from '../auth/access/caller.decorator.js';
import type { Identity } from '../auth/access/identity.js';
import { Scope } from '../auth/access/scope.decorator.js';
import { betasOf } from '../core/protocols/anthropic/betas.js';
import { decodeCountTokensRequest } from '../core/protocols/anthropic/decode-request.js';
import { ignoredFieldsOf } from '../core/protocols/anthropic/ignored-fields.js';
import type { ApiHeaders } from '../core/protocols/anthropic-upstream/relay.js';
import { Metrics } from '../metrics/metrics.service.js';
import { Admission } from './admission/admission.service.js';
import { apiHeadersOf } from './api-headers.js';
import { requestedModelOf } from './requested-model.js';
import { TokenCounter } from './tokens/token-counter.service.js';
import { PassThrough } from './verbatim/pass-through.service.js';

interface TokenCount {
  input_tokens: number;
  /** Nothing is edited here, so the original is what it is now. Null: a beta client asked for nothing. */
  context_management?: { original_input_tokens: number } | null;
}

/** By this a client says that it counts in the beta API, where it sends no query (SDK 1.x, anthropic.md §0). */
const COUNTING_BETA = 'token-counting-2024-11-01';

/**
 * Counts the tokens of a request (anthropic.md §1). An endpoint of the same API counts itself; for the rest it is our own
 * tokenizer and what was learnt of the model. No limit of the key's on its requests applies (contract §10.11).
 */
@Controller(['v1/messages', 'messages'])
@Scope('inference')
export class CountTokensController {
  constructor(
    private readonly admission: Admission,
    private readonly passThrough: PassThrough,
    private readonly pool: Pool,
    private readonly tokens: TokenCounter,
    private readonly metrics: Metrics,
  ) {}

  @Post('count_tokens')
  @HttpCode(200)
  async count(@Req() request: Request, @Res() response: Response, @Caller() caller: Identity): Promise<void> {
    const model = requestedModelOf(request);
    if (model !== undefined) this.admission.checkModel(model, caller);
    this.admission.checkOtherModels(request, caller);
    if (await this.passThrough.count(request, response)) return;
    response.json(this.countHere(request.body, apiHeadersOf(request)));
  }

  private countHere(body: unknown, { version, betas: betaHeader, isBeta: saysBeta }: ApiHeaders): TokenCount {
    const request = decodeCountTokensRequest(body, version);
    const betas = betasOf(betaHeader);
    this.metrics.requestIgnored(ignoredFieldsOf(request), betas);
    const input_tokens = this.tokens.estimate(request, this.pool.modelNamed(request.model));
    const { context_management } = request as { context_management?: unknown };
    if (context_management) return { input_tokens, context_management: { original_input_tokens: input_tokens } };
    const isBeta = saysBeta || betas.has(COUNTING_BETA);
    return isBeta ? { input_tokens, context_management: null } : { input_tokens };
  }
}
