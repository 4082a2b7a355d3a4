import type { UpstreamModel } from './upstream-model.js';

/** The model a probe costs least with: by the list's rates, else a Haiku, else the first. */
export function cheapestModel(listed: readonly UpstreamModel[]): UpstreamModel | undefined {
  // The server's own choice is refused on some accounts that list it (amazon-q.md §7.2).
  const named = listed.filter(({ id }) => id !== 'auto');
  const models = named.length > 0 ? named : listed;
  let cheapest: UpstreamModel | undefined;
  for (const model of models) {
    if (model.rateMultiplier === undefined) continue;
    if (cheapest?.rateMultiplier === undefined || model.rateMultiplier < cheapest.rateMultiplier) cheapest = model;
  }
  return cheapest ?? models.find(({ id }) => /haiku/i.test(id)) ?? models[0];
}
