import fc from 'fast-check';
import type { WireForm } from '../../../../src/core/protocols/openai/wire-form.js';
import type { Json } from './tools.js';

/** A choice before it is known what there is to choose from. */
export interface PlannedChoice {
  kind: 'absent' | 'null' | 'none' | 'auto' | 'required' | 'named' | 'allowed';
  mode: 'auto' | 'required';
  /** Which of the tools. */
  which: number[];
  hosted: boolean;
}

export const plannedChoice: fc.Arbitrary<PlannedChoice> = fc.record({
  kind: fc.constantFrom('absent', 'absent', 'absent', 'null', 'none', 'auto', 'required', 'named', 'named', 'allowed'),
  mode: fc.constantFrom('auto', 'required'),
  which: fc.array(fc.nat({ max: 9 }), { maxLength: 3 }),
  hosted: fc.boolean(),
});

/** A tool that is offered, in the words of a choice. */
export interface Reference {
  type: string;
  name: string;
  namespace?: string;
}

/** What a list of tools offers, as a choice may name it. */
export function referencesIn(tools: unknown): Reference[] {
  if (!Array.isArray(tools)) return [];
  return (tools as Json[]).flatMap((tool): Reference[] => {
    if (tool.type === 'function' || tool.type === 'custom') {
      const { name } = (tool[tool.type] ?? tool) as Json;
      return [{ type: tool.type, name: String(name) }];
    }
    if (tool.type === 'tool_search') return tool.execution === 'client' ? [{ type: tool.type, name: tool.type }] : [];
    if (tool.type !== 'namespace') return [];
    const namespace = String(tool.name);
    const inside = referencesIn((tool.tools as Json[]).filter(({ type }) => type === 'function' || type === 'custom'));
    const whole = inside.length > 0 ? [{ type: 'namespace', name: namespace }] : [];
    return [...inside.flatMap((each) => [{ ...each, namespace }, each]), ...whole];
  });
}

/** The field as it travels; undefined where there is none, or nothing to demand. */
export function choiceOf(planned: PlannedChoice, offered: readonly Reference[], form: WireForm): unknown {
  const { kind, mode, which } = planned;
  const chosen = which.flatMap((place) => offered[place % Math.max(1, offered.length)] ?? []);
  const [first] = chosen;
  switch (kind) {
    case 'absent':
      return undefined;
    case 'null':
      return null;
    case 'none':
    case 'auto':
      return kind;
    case 'required':
      return offered.length > 0 ? kind : 'auto';
    case 'named':
      return first && spell(first, form);
    case 'allowed': {
      const tools = [...chosen.map((each) => spell(each, form)), ...(planned.hosted ? [{ type: 'web_search' }] : [])];
      const allowed = { mode: chosen.length > 0 ? mode : 'auto', tools };
      return form === 'nested'
        ? { type: 'allowed_tools', allowed_tools: allowed }
        : { type: 'allowed_tools', ...allowed };
    }
  }
}

function spell({ type, name, namespace }: Reference, form: WireForm): Json {
  if (type === 'tool_search') return { type };
  if (type === 'namespace') return { type, name };
  const fields = { name, ...(namespace !== undefined && { namespace }) };
  return form === 'nested' ? { type, [type]: fields } : { type, ...fields };
}
