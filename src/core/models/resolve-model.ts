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
  const exact = withId(requested, listed);
  if (exact) return exact;
  for (const spelling of modelSpellings(aliasOf(requested, aliases) ?? requested)) {
    const model = withId(spelling, listed);
    if (model) return model;
  }
  return undefined;
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
