import type { RequestFacts } from '../../platform/logging/request-context.js';
import type { Exposition } from '../families/exposition.js';
import { type Cell, ValueFamily } from '../families/value-family.js';

/** Models that have series of their own; lists change, and an endpoint's may be long. */
const MOST_MODELS = 100;
/** What no account lists: its name may be a client's. */
const OTHER = 'other';

type ModelSeries = ReturnType<ModelInstruments['seriesOf']>;

/** What answers took, by model as upstream names it: only names that an account's list has are labels. */
export class ModelInstruments {
  private readonly tokens = new ValueFamily('counter', {
    name: 'amq_gateway_tokens_total',
    help: 'Tokens of answers, by model; input is what the cache did not have, reasoning is part of the output',
    labelNames: ['direction', 'model'],
  });
  private readonly cost = new ValueFamily('counter', {
    name: 'amq_gateway_cost_usd_total',
    help: 'What answers cost in US dollars at the prices of their time, by model',
    labelNames: ['model'],
  });
  private readonly credits = new ValueFamily('counter', {
    name: 'amq_gateway_credits_total',
    help: 'Credits that answers cost as upstream reports them, by model',
    labelNames: ['model'],
  });
  private readonly series = new Map<string, ModelSeries>();
  private readonly other: ModelSeries;
  private isListed: (model: string) => boolean = () => false;

  constructor(exposition: Exposition) {
    exposition.add(this.tokens);
    exposition.add(this.cost);
    exposition.add(this.credits);
    this.other = this.seriesOf(OTHER);
  }

  /** @param isListed whether an account lists a model of that id now */
  readListedModels(isListed: (model: string) => boolean): void {
    this.isListed = isListed;
  }

  /** Of a request that an account was asked for. */
  answered(facts: Readonly<RequestFacts>): void {
    const series = this.of(facts.upstreamModel ?? OTHER);
    add(series.input, facts.inputTokens);
    add(series.output, facts.outputTokens);
    add(series.cacheRead, facts.cacheReadTokens);
    add(series.cacheWrite, facts.cacheWriteTokens);
    add(series.reasoning, facts.reasoningTokens);
    add(series.cost, facts.cost);
    add(series.credits, facts.credits);
  }

  /** One that was listed keeps its series: a counter that comes and goes tells nothing. */
  private of(model: string): ModelSeries {
    const known = this.series.get(model);
    if (known) return known;
    if (this.series.size >= MOST_MODELS || !this.isListed(model)) return this.other;
    const series = this.seriesOf(model);
    this.series.set(model, series);
    return series;
  }

  private seriesOf(model: string) {
    return {
      input: this.tokens.of({ direction: 'input', model }),
      output: this.tokens.of({ direction: 'output', model }),
      cacheRead: this.tokens.of({ direction: 'cache_read', model }),
      cacheWrite: this.tokens.of({ direction: 'cache_write', model }),
      reasoning: this.tokens.of({ direction: 'reasoning', model }),
      cost: this.cost.of({ model }),
      credits: this.credits.of({ model }),
    };
  }
}

/** What upstream reports is not trusted: a counter that fell, or is no number, would be spoilt for good. */
function add(cell: Cell, amount: number | undefined): void {
  if (amount !== undefined && amount > 0 && Number.isFinite(amount)) cell.value += amount;
}
