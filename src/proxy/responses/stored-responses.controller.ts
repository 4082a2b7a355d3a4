import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Pool } from '../../accounts/pool/pool.service.js';
import { Caller } from '../../auth/access/caller.decorator.js';
import type { Identity } from '../../auth/access/identity.js';
import { Scope } from '../../auth/access/scope.decorator.js';
import { isAbsent, isObject } from '../../core/protocols/openai/check-fields.js';
import { invalidInput } from '../../core/protocols/openai/invalid-input.js';
import { checkResponsesRequest } from '../../core/protocols/openai-responses/check-request.js';
import { decodeResponsesRequest } from '../../core/protocols/openai-responses/decode-request.js';
import type { Item, JsonObject } from '../../core/protocols/openai-responses/responses-request.js';
import { Admission } from '../admission/admission.service.js';
import { TokenCounter } from '../tokens/token-counter.service.js';
import { decodeListQuery } from './list-query.js';
import { ResponseStore } from './response-store.service.js';
import { includesEncryptedReasoning, shownItems } from './shown-items.js';

interface DeletedResponse {
  id: string;
  object: 'response';
  deleted: true;
}

interface ItemList {
  object: 'list';
  data: readonly Item[];
  first_id: unknown;
  last_id: unknown;
  has_more: boolean;
}

interface InputTokens {
  object: 'response.input_tokens';
  input_tokens: number;
}

/** Responses that were kept (openai.md §2, §10), and the tokens of one that might be made; without `/v1` too. */
@Controller(['v1/responses', 'responses'])
@Scope('inference')
export class StoredResponsesController {
  constructor(
    private readonly admission: Admission,
    private readonly store: ResponseStore,
    private readonly pool: Pool,
    private readonly tokens: TokenCounter,
  ) {}

  /** Estimated as for Anthropic's clients (contract §10.11): nobody upstream is asked. The model may be left open here. */
  @Post('input_tokens')
  @HttpCode(200)
  async countTokens(@Body() body: unknown, @Caller() caller: Identity): Promise<InputTokens> {
    const isOfAnyModel = isObject(body) && isAbsent(body.model);
    const wire = checkResponsesRequest(isOfAnyModel ? { ...body, model: 'any' } : body);
    if (!isOfAnyModel) this.admission.checkModel(wire.model, caller);
    const found = await this.store.find(caller.keyId, wire.previousResponseId, wire.referencedIds);
    const { request } = decodeResponsesRequest(wire, found);
    const input_tokens = isOfAnyModel
      ? this.tokens.count(request)
      : this.tokens.estimate(request, this.pool.modelNamed(request.model));
    return { object: 'response.input_tokens', input_tokens };
  }

  @Get(':id')
  async retrieve(
    @Param('id') id: string,
    @Query() query: Readonly<Record<string, unknown>>,
    @Caller() { keyId }: Identity,
  ): Promise<JsonObject> {
    // Only answers that run in the background can be streamed again.
    if (query.stream === 'true' || query.stream === '1') {
      throw invalidInput('unsupported_value', 'stream', "Unsupported value: 'stream' can not be true here.");
    }
    const { output, ...response } = await this.store.get(keyId, id);
    return { ...response, output: shownItems(output, includesEncryptedReasoning(query)) };
  }

  @Delete(':id')
  async delete(@Param('id') id: string, @Caller() { keyId }: Identity): Promise<DeletedResponse> {
    await this.store.delete(keyId, id);
    return { id, object: 'response', deleted: true };
  }

  @Get(':id/input_items')
  async inputItems(
    @Param('id') id: string,
    @Query() query: Readonly<Record<string, unknown>>,
    @Caller() { keyId }: Identity,
  ): Promise<ItemList> {
    const { data, hasMore } = await this.store.inputItems(keyId, id, decodeListQuery(query));
    return {
      object: 'list',
      data: shownItems(data, includesEncryptedReasoning(query)),
      first_id: data.at(0)?.id ?? null,
      last_id: data.at(-1)?.id ?? null,
      has_more: hasMore,
    };
  }

  /** Nothing runs in the background, so that there is never anything to cancel. */
  @Post(':id/cancel')
  async cancel(@Param('id') id: string, @Caller() { keyId }: Identity): Promise<never> {
    await this.store.get(keyId, id);
    throw invalidInput('unsupported_value', undefined, 'Only background responses can be cancelled.');
  }
}
