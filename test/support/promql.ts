import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

/** What a query looks at: one metric, the labels it wants there, and the values it names. */
export interface Selector {
  metric: string;
  matchers: { label: string; values: string[] }[];
}

/** What a PromQL expression names. */
export interface Query {
  selectors: Selector[];
  /** Of `by (…)` and `on (…)`. */
  groupings: string[];
}

/** @throws where the expression is no PromQL */
export function parseQuery(expression: string): Query {
  const query: Query = { selectors: [], groupings: [] };
  const textOf = ({ from, to }: { from: number; to: number }) => expression.slice(from, to);
  parser.parse(expression).iterate({
    enter: ({ type, node }) => {
      if (type.isError) throw new Error(`no PromQL at ${node.from}: ${expression}`);
      if (type.name === 'GroupingLabels') query.groupings.push(...namesIn(node, 'LabelName').map(textOf));
      if (type.name !== 'VectorSelector') return;
      const [name] = namesIn(node, 'Identifier');
      if (!name) throw new Error(`a selector without a metric: ${expression}`);
      query.selectors.push({ metric: textOf(name), matchers: namesIn(node, 'UnquotedLabelMatcher').map(matcherOf) });
    },
  });
  return query;

  function matcherOf(node: SyntaxNode): Selector['matchers'][number] {
    const [label] = namesIn(node, 'LabelName');
    const [value] = namesIn(node, 'StringLiteral');
    if (!label || !value) throw new Error(`no matcher: ${textOf(node)}`);
    return { label: textOf(label), values: textOf(value).slice(1, -1).split('|') };
  }
}

function namesIn(node: SyntaxNode, type: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  node.cursor().iterate((each) => {
    if (each.name === type) found.push(each.node);
  });
  return found;
}
