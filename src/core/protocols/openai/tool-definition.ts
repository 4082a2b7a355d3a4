import type { CustomTool } from '../../messages/vocabulary.js';
import type { JsonObject } from './check-fields.js';

/** A tool as the client knows it. */
export interface ClientTool {
  kind: 'function' | 'custom' | 'tool_search';
  name: string;
  namespace?: string;
}

/** What a client says of a tool it offers, checked. */
export interface ToolDefinition extends ClientTool {
  description?: string;
  /** Of a function or a search: JSON Schema of its arguments. */
  parameters?: JsonObject;
  strict?: boolean;
  /** Of a custom tool: what its text has to conform to. */
  grammar?: { syntax: string; definition: string };
}

/** The field of a custom tool's one text. */
export const CUSTOM_INPUT = 'input';

/** A definition under the name that it has inside. */
export function encodeDefinition(definition: ToolDefinition, name: string): CustomTool {
  const description = descriptionOf(definition);
  return {
    name,
    ...(description && { description }),
    input_schema: definition.kind === 'custom' ? textSchema() : schemaOf(definition.parameters),
    ...(definition.strict && { strict: true }),
  };
}

function descriptionOf({ description, grammar }: ToolDefinition): string | undefined {
  if (!grammar) return description;
  const rule = `The input has to conform to this ${grammar.syntax} grammar:\n${grammar.definition}`;
  return description ? `${description}\n\n${rule}` : rule;
}

function textSchema(): CustomTool['input_schema'] {
  return {
    type: 'object',
    properties: { [CUSTOM_INPUT]: { type: 'string', description: "The tool's whole input, as plain text." } },
    required: [CUSTOM_INPUT],
    additionalProperties: false,
  };
}

/** Messages takes schemas of objects only; `$schema` is not for the service (openai.md §4). */
function schemaOf(parameters: JsonObject | undefined): CustomTool['input_schema'] {
  if (!parameters) return { type: 'object', properties: {} };
  const { $schema: _left, ...schema } = parameters;
  return { ...schema, type: 'object' };
}
