import { modelSpellings } from './model-spellings.js';
import type { UpstreamModel } from './upstream-model.js';

/**
 * The listed model a client means: the exact id wins, else an alias of the operator's, else another spelling of the
 * name. Never a model that is not listed, and never another one than asked for.
 */
export function resolveModel(
  requested: string,
  listed: readonly UpstreamModel[],
  aliases: Record<string, string>,
): UpstreamModel | undefined {
  return modelResolver(requested, aliases)(listed);
}

/** The same for many lists: what follows from the name alone is worked out once. */
export function modelResolver(
  requested: string,
  aliases: Record<string, string>,
): (listed: readonly UpstreamModel[]) => UpstreamModel | undefined {
  let spellings: string[] | undefined;
  return (listed) => {
    const exact = withId(requested, listed);
    if (exact) return exact;
    spellings ??= modelSpellings(aliasOf(requested, aliases) ?? requested);
    for (const spelling of spellings) {
      const model = withId(spelling, listed);
      if (model) return model;
    }
    return undefined;
  };
}

/** The model to ask for where nobody knows what is listed: the plain form of the name, nothing known of its limits. */
export function unlistedModel(requested: string, aliases: Record<string, string>): UpstreamModel {
  const name = aliasOf(requested, aliases) ?? requested;
  return { id: modelSpellings(name).at(-1) ?? name };
}

/** `hasOwn`: a client may name its model `constructor`. */
function aliasOf(requested: string, aliases: Record<string, string>): string | undefined {
  return Object.hasOwn(aliases, requested) ? aliases[requested] : undefined;
}

function withId(id: string, listed: readonly UpstreamModel[]): UpstreamModel | undefined {
  return listed.find((model) => model.id === id);
}
