import type { Model } from 'openai/resources/models.js';
import type { PublicModel } from '../../models/public-models.js';
import { unixSeconds } from './unix-seconds.js';

export interface ModelsList {
  object: 'list';
  data: Model[];
}

/** All of `GET /v1/models`: the API knows no pages (openai.md §2). */
export function encodeModelsList(models: readonly PublicModel[]): ModelsList {
  return { object: 'list', data: models.map(encodeModel) };
}

export function encodeModel(model: PublicModel): Model {
  return {
    id: model.id,
    object: 'model',
    created: model.releasedAt === undefined ? 0 : unixSeconds(model.releasedAt),
    owned_by: model.canonicalId.startsWith('claude-') ? 'anthropic' : 'amazon-q',
  };
}
