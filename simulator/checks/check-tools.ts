import type { Binding } from '../answer.js';
import { improperlyFormed, validationError } from '../service-error.js';
import { checkToolSchema } from './check-tool-schema.js';
import { checkCachePoint } from './check-user-message.js';
import { isPresent, requireList, requireObject, requireText, requireUnion } from './require-value.js';

/** Names of tools (sheet §2.3). */
export const toolNameRule = { least: 1, most: 64, pattern: /^[a-zA-Z0-9_-]+$/ };

const descriptionRule = { least: 1, most: 10_240 };

/** The tools offered, each by itself (sheet §2.3, §2.6). */
export function checkTools(value: unknown, binding: Binding): void {
  const seen = new Set<string>();
  for (const [index, entry] of requireList(value, 'tools').entries()) {
    const path = `tools[${index}]`;
    const [kind, member] = requireUnion(entry, path, ['toolSpecification', 'cachePoint']);
    if (kind === 'cachePoint') {
      checkCachePoint(member, `${path}.cachePoint`);
      continue;
    }
    const tool = requireObject(member, `${path}.toolSpecification`);
    const name = requireText(tool.name, `${path}.toolSpecification.name`, toolNameRule);
    if (seen.has(name)) {
      throw validationError('TOOL_DUPLICATE', 'Duplicate tool name.', `${path}: ${name} is there twice`);
    }
    seen.add(name);
    if (isPresent(tool.description)) {
      requireText(tool.description, `${path}.toolSpecification.description`, descriptionRule);
    } else if (tool.description === null) {
      throw improperlyFormed(`${path}.toolSpecification.description is null`);
    }
    const schema = requireObject(tool.inputSchema, `${path}.toolSpecification.inputSchema`);
    const json = requireObject(schema.json, `${path}.toolSpecification.inputSchema.json`);
    checkToolSchema(json, `${path} (${name})`, binding);
  }
}
