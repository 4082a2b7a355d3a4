import { Injectable } from '@nestjs/common';
import { ModelList } from '../accounts/models/model-list.service.js';
import { modelNotFound } from '../accounts/pool/pool-errors.js';
import { GatewayError } from '../core/errors.js';
import type { AllowedModels } from '../core/models/allowed-models.js';
import { ModelNames } from '../core/models/model-names.js';
import { type PublicModel, PublicModels } from '../core/models/public-models.js';

/** What clients may ask for: the models that usable accounts list, under their public names. */
@Injectable()
export class ModelCatalogue {
  constructor(
    private readonly models: ModelList,
    private readonly names: ModelNames,
  ) {}

  /** Newest first, of those that are allowed. Accounts that can't be asked are left out; without any the list is empty. */
  async all(allowed?: AllowedModels): Promise<PublicModel[]> {
    return this.publicModels(await this.models.ofUsableAccounts(), allowed).all();
  }

  /**
   * The model a client means, by its id, an alias or another spelling.
   * @throws GatewayError `not_found` when no account lists it, or it is not allowed, `upstream` while none of them can be asked
   */
  async find(requested: string, allowed?: AllowedModels): Promise<PublicModel> {
    const lists = await this.models.ofUsableAccounts();
    const model = this.publicModels(lists, allowed).find(requested);
    if (model) return model;
    if (lists.length > 0 && lists.every((listed) => listed === 'unknown')) {
      throw new GatewayError('upstream', 'No account could be asked for its models');
    }
    throw modelNotFound(requested);
  }

  private publicModels(
    lists: Awaited<ReturnType<ModelList['ofUsableAccounts']>>,
    allowed: AllowedModels | undefined,
  ): PublicModels {
    return new PublicModels(
      lists.filter((listed) => listed !== 'unknown'),
      this.names,
      allowed && ((name, modelId) => allowed.permits(name, modelId, this.names)),
    );
  }
}
