import type { ClaudeLine } from './claude-line.js';
import { listedModels } from './listed-models.js';
import type { ModelNames } from './model-names.js';
import { modelSpellings } from './model-spellings.js';
import { claudeLineFor } from './openai-names.js';
import type { UpstreamModel } from './upstream-model.js';

/** The models most accounts have (amazon-q.md §7.2): what stands for an OpenAI name where no list is known. */
const USUAL_MODELS: Readonly<Record<ClaudeLine, string>> = {
  haiku: 'claude-haiku-4.5',
  sonnet: 'claude-sonnet-4.5',
  opus: 'claude-opus-4.5',
};

/** What follows from a name alone, whatever is listed. */
interface Meaning {
  /** Ids that the name itself means, the closest first. */
  ids: readonly string[];
  /** Ids that a pattern gives it, where one does. */
  patternIds?: readonly string[];
  /** Of the newest of this line, where the name is one of OpenAI's. */
  line?: ClaudeLine;
}

/**
 * The model that a requested name means, in any number of lists (openai.md §13): by an alias of that very name, else by
 * its id, another spelling of its id or an alias of such a spelling. Only what no list has under its own name goes by a
 * pattern, or by what stands for OpenAI's models. Never a model that is not listed, and no name means any other.
 */
export class ModelResolver {
  private readonly alias: string | undefined;
  private known: Meaning | undefined;

  constructor(
    private readonly requested: string,
    private readonly names: ModelNames,
  ) {
    this.alias = names.exact.get(requested);
  }

  byName(list: readonly UpstreamModel[]): UpstreamModel | undefined {
    const { byId } = listedModels(list);
    // Nearly every request names its model as the list does.
    const exact = this.alias === undefined ? byId.get(this.requested) : undefined;
    return exact ?? firstOf(this.meaning.ids, byId);
  }

  /** To be asked where `byName` finds nothing in any list. */
  byPattern(list: readonly UpstreamModel[]): UpstreamModel | undefined {
    const { patternIds, line } = this.meaning;
    const { byId, newest } = listedModels(list);
    if (patternIds) return firstOf(patternIds, byId);
    return line && newest.get(line);
  }

  /** The model to ask for where nobody knows what is listed: the plain form of the name, nothing known of its limits. */
  unlisted(): UpstreamModel {
    const { ids, patternIds = ids, line } = this.meaning;
    return { id: line ? USUAL_MODELS[line] : plainest(patternIds) };
  }

  /** The name for whoever has no list and takes names as they are: the operator's for it, else the very one asked for. */
  asIs(): UpstreamModel {
    if (this.alias !== undefined) return { id: this.alias };
    return { id: this.names.byPattern(this.names.spellingsOf(this.requested)) ?? this.requested };
  }

  /** Whether a pattern, or what stands for OpenAI's models, gives the name a meaning that its own would go before. */
  get meansByPattern(): boolean {
    return this.meaning.patternIds !== undefined || this.meaning.line !== undefined;
  }

  private get meaning(): Meaning {
    this.known ??=
      this.alias === undefined ? meaningOf(this.requested, this.names) : { ids: modelSpellings(this.alias) };
    return this.known;
  }
}

function meaningOf(requested: string, names: ModelNames): Meaning {
  const ids = names.spellingsOf(requested);
  const spelledAlias = ids.find((id) => names.exact.has(id));
  const alias = spelledAlias && names.exact.get(spelledAlias);
  if (alias) return { ids: [...ids, ...modelSpellings(alias)] };
  const target = names.byPattern(ids);
  if (target) return { ids, patternIds: modelSpellings(target) };
  return { ids, line: names.mapsOpenaiNames ? lineOf(ids) : undefined };
}

function lineOf(ids: readonly string[]): ClaudeLine | undefined {
  for (const id of ids) {
    const line = claudeLineFor(id);
    if (line) return line;
  }
  return undefined;
}

function firstOf(ids: readonly string[], byId: ReadonlyMap<string, UpstreamModel>): UpstreamModel | undefined {
  for (const id of ids) {
    const model = byId.get(id);
    if (model) return model;
  }
  return undefined;
}

/** A name that nothing was taken off keeps its letters: upstream has names in capitals too. */
function plainest(ids: readonly string[]): string {
  const [first = '', ...others] = ids;
  const last = others.at(-1) ?? first;
  return last === first.toLowerCase() ? first : last;
}
