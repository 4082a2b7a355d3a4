import type { CustomTool } from '../../messages/vocabulary.js';
import { encodeToolSchema } from './encode-tool-schema.js';
import type { ToolNames } from './tool-names.js';
import type { ToolEntry } from './wire.js';

/** The model allows 10,240 characters; the Q CLI cuts at 10,004 (amazon-q.md §2.3). */
const LONGEST_DESCRIPTION = 10_000;

/** The tools of a request, and those descriptions too long for their place, for the system prompt. */
export interface EncodedTools {
  tools: ToolEntry[];
  overflow: string[];
}

/**
 * @param usedInHistory names of tools that earlier turns used: each must be listed, or the service refuses the whole
 *   request (§2.5 rule 5); those that are offered no longer get a placeholder
 */
export function encodeTools(
  tools: readonly CustomTool[],
  usedInHistory: readonly string[],
  names: ToolNames,
  binding: 'restJson1' | 'awsJson1.0',
): EncodedTools {
  const overflow: string[] = [];
  const offered = tools.map((tool) => {
    let description = tool.description?.trim() || tool.name;
    if (description.length > LONGEST_DESCRIPTION) {
      overflow.push(`Full description of the tool \`${names.encode(tool.name)}\`:\n${description}`);
      description = `${description.slice(0, LONGEST_DESCRIPTION)}… (the full description stands in the system prompt)`;
    }
    return entry(names.encode(tool.name), description, encodeToolSchema(tool.input_schema, binding));
  });
  const listed = new Set(tools.map((tool) => names.encode(tool.name).toLowerCase()));
  const placeholders = [...new Set(usedInHistory.map((name) => names.encode(name)))]
    .filter((name) => !listed.has(name.toLowerCase()))
    .map((name) =>
      entry(name, 'No longer available: stands here only for earlier calls.', { type: 'object', properties: {} }),
    );
  return { tools: [...offered, ...placeholders], overflow };
}

function entry(name: string, description: string, json: Record<string, unknown>): ToolEntry {
  return { toolSpecification: { name, description, inputSchema: { json } } };
}
