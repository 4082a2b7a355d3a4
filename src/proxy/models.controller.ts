import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { Caller } from '../auth/access/caller.decorator.js';
import type { Identity } from '../auth/access/identity.js';
import { Scope } from '../auth/access/scope.decorator.js';
import { pageOf } from '../core/models/page-of-models.js';
import { decodeModelsQuery } from '../core/protocols/anthropic/decode-models-query.js';
import { encodeModel as encodeAnthropicModel, encodeModelsPage } from '../core/protocols/anthropic/encode-models.js';
import { encodeCodexCatalogue } from '../core/protocols/openai/codex-catalogue.js';
import { encodeModel, encodeModelsList } from '../core/protocols/openai/encode-models.js';
import { isOpenai, protocolOf } from '../core/protocols/protocol-of-path.js';
import { ModelCatalogue } from './model-catalogue.service.js';

/** No model's name is as long: what is quoted of one in an error. */
const LONGEST_NAME = 256;

type ModelsQuery = Record<string, string | string[]>;

/** The models that a key may use, for both APIs, which have them on the same path (contract §3); without `/v1` too. */
@Controller(['v1/models', 'models'])
@Scope('inference')
export class ModelsController {
  constructor(private readonly catalogue: ModelCatalogue) {}

  @Get()
  list(@Query() query: ModelsQuery, @Req() request: Request, @Caller() caller: Identity) {
    return isForOpenai(request) ? this.listForOpenai(query, caller) : this.listForAnthropic(query, caller);
  }

  /** A slash in the name comes as `%2F`. */
  @Get(':id')
  async retrieve(@Param('id') id: string, @Req() request: Request, @Caller() { allowedModels }: Identity) {
    const model = await this.catalogue.find(id.slice(0, LONGEST_NAME), allowedModels);
    return isForOpenai(request) ? encodeModel(model) : encodeAnthropicModel(model);
  }

  /** By `client_version` Codex says that it wants its own catalogue, which may stand beside the list (openai.md §11). */
  private async listForOpenai(query: ModelsQuery, { allowedModels }: Identity) {
    const models = await this.catalogue.all(allowedModels);
    const list = encodeModelsList(models);
    return query.client_version === undefined ? list : { ...list, models: encodeCodexCatalogue(models) };
  }

  /** A page of them (anthropic.md §9). */
  private async listForAnthropic(query: ModelsQuery, { allowedModels }: Identity) {
    const { lifecycles, ...page } = decodeModelsQuery(query);
    // Whatever an account lists is active.
    const models = lifecycles.includes('active') ? await this.catalogue.all(allowedModels) : [];
    return encodeModelsPage(pageOf(models, page));
  }
}

function isForOpenai(request: Request): boolean {
  return isOpenai(protocolOf(request.path, request.headers));
}
