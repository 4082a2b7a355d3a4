import { releaseOf } from './claude-releases.js';
import { displayNameOf } from './display-name.js';
import { abilitiesOf, type ModelAbilities } from './model-abilities.js';
import type { ModelNames } from './model-names.js';
import { modelSpellings } from './model-spellings.js';
import { publicModelId } from './public-model-id.js';
import { ModelResolver } from './resolve-model.js';
import type { UpstreamModel } from './upstream-model.js';

/** A model as clients see it, whichever account serves it. */
export interface PublicModel {
  id: string;
  displayName: string;
  /** RFC 3339; absent where it is not known. */
  releasedAt?: string;
  /** Window in tokens; the smallest, where accounts differ. */
  maxInputTokens?: number;
  maxOutputTokens?: number;
  abilities: ModelAbilities;
  /** The public id of the model itself: another one than `id` for an alias. */
  canonicalId: string;
}

/** Whether a model may be asked for by a name. @param modelId as upstream names it */
type Permits = (name: string, modelId: string) => boolean;

type Lists = readonly (readonly UpstreamModel[])[];

/** The models of several accounts and the operator's names for them. */
export class PublicModels {
  /** By upstream id, as each account describes it. */
  private readonly variants = new Map<string, UpstreamModel[]>();
  private readonly listed: readonly UpstreamModel[];

  /** @param permits models that it refuses are not there */
  constructor(
    lists: Lists,
    private readonly names: ModelNames,
    private readonly permits: Permits = () => true,
  ) {
    for (const model of lists.flat()) {
      const known = this.variants.get(model.id);
      if (known) known.push(model);
      else this.variants.set(model.id, [model]);
    }
    this.listed = Array.from(this.variants.values(), ([model]) => model as UpstreamModel);
  }

  /** All of them, newest first, those of unknown age last; an alias after what it stands for, patterns not at all. */
  all(): PublicModel[] {
    const models = new Map<string, PublicModel>();
    for (const model of this.listed) {
      const id = this.canonicalIdOf(model);
      // An alias of that very name hides it.
      if (this.resolve(id)?.id === model.id && this.permits(id, model.id)) models.set(id, this.describe(id, model));
    }
    for (const alias of this.names.exact.keys()) {
      if (models.has(alias)) continue;
      const model = this.resolve(alias);
      if (model && this.permits(alias, model.id)) models.set(alias, this.describe(alias, model));
    }
    return Array.from(models.values()).sort(newestFirst);
  }

  /** The model a client means: one of its own name under its canonical id, any other as it was asked for. */
  find(requested: string): PublicModel | undefined {
    const resolver = new ModelResolver(requested, this.names);
    const model = resolver.byName(this.listed) ?? resolver.byPattern(this.listed);
    if (!model || !this.permits(requested, model.id)) return undefined;
    const isItsName = modelSpellings(requested).includes(model.id);
    return this.describe(isItsName ? this.canonicalIdOf(model) : requested, model);
  }

  private describe(id: string, model: UpstreamModel): PublicModel {
    const variants = this.variants.get(model.id) ?? [model];
    const canonicalId = this.canonicalIdOf(model);
    const name = displayNameOf(model);
    return {
      id,
      displayName: id === canonicalId ? name : `${id} (${name})`,
      releasedAt: releaseOf(publicModelId(model.id)),
      maxInputTokens: smallest(variants.map((variant) => variant.maxInputTokens)),
      maxOutputTokens: smallest(variants.map((variant) => variant.maxOutputTokens)),
      abilities: abilitiesOf(variants),
      canonicalId,
    };
  }

  /** The public spelling where it leads to this model, else upstream's own. */
  private canonicalIdOf(model: UpstreamModel): string {
    const id = publicModelId(model.id);
    return this.resolve(id)?.id === model.id ? id : model.id;
  }

  private resolve(requested: string): UpstreamModel | undefined {
    return new ModelResolver(requested, this.names).byName(this.listed);
  }
}

function newestFirst(a: PublicModel, b: PublicModel): number {
  return (b.releasedAt ?? '').localeCompare(a.releasedAt ?? '');
}

function smallest(limits: readonly (number | undefined)[]): number | undefined {
  const known = limits.filter((limit) => limit !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
