import { CLAUDE_LINES, type ClaudeLine, claudeLineOf, compareAge } from './claude-line.js';
import type { UpstreamModel } from './upstream-model.js';

/** What a list of models is searched for on every request. */
export interface ListedModels {
  byId: ReadonlyMap<string, UpstreamModel>;
  /** The newest of each line that has one. */
  newest: ReadonlyMap<ClaudeLine, UpstreamModel>;
}

/** A list is the same object until it is asked for anew, so that it is looked through once. */
const known = new WeakMap<readonly UpstreamModel[], ListedModels>();

export function listedModels(list: readonly UpstreamModel[]): ListedModels {
  let listed = known.get(list);
  if (!listed) {
    listed = { byId: byId(list), newest: newestOfLines(list) };
    known.set(list, listed);
  }
  return listed;
}

/** The first one of an id counts. */
function byId(list: readonly UpstreamModel[]): Map<string, UpstreamModel> {
  return new Map(list.map((model) => [model.id, model] as const).reverse());
}

function newestOfLines(list: readonly UpstreamModel[]): Map<ClaudeLine, UpstreamModel> {
  const newest = new Map<ClaudeLine, UpstreamModel>();
  for (const line of CLAUDE_LINES) {
    const [model] = list.filter(({ id }) => claudeLineOf(id) === line).sort((a, b) => compareAge(b.id, a.id));
    if (model) newest.set(line, model);
  }
  return newest;
}
