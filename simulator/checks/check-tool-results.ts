import { improperlyFormed, validationError } from '../service-error.js';
import {
  checkOptionalChoice,
  isPresent,
  requireList,
  requireObject,
  requireText,
  requireUnion,
} from './require-value.js';

/** Ids of tool uses (sheet §2.3). */
export const toolUseIdRule = { least: 1, most: 64, pattern: /^[a-zA-Z0-9_-]+$/ };

// What the service takes of one result, measured (sheet §2.7).
const resultLimit = 800_000;

/** The results in one user message, each by itself (sheet §2.3). */
export function checkToolResults(value: unknown, path: string): void {
  const seen = new Set<string>();
  for (const [index, entry] of requireList(value, path).entries()) {
    const result = requireObject(entry, `${path}[${index}]`);
    const id = requireText(result.toolUseId, `${path}[${index}].toolUseId`, toolUseIdRule);
    if (seen.has(id)) {
      throw validationError('TOOL_DUPLICATE', 'Duplicate tool result.', `${path}[${index}].toolUseId is there twice`);
    }
    seen.add(id);
    checkOptionalChoice(result.status, `${path}[${index}].status`, ['success', 'error']);
    checkResultContent(result.content, `${path}[${index}].content`);
  }
}

function checkResultContent(value: unknown, path: string): void {
  if (!isPresent(value)) {
    throw improperlyFormed(`${path} is missing`);
  }
  let length = 0;
  for (const [index, entry] of requireList(value, path).entries()) {
    const [name, member] = requireUnion(entry, `${path}[${index}]`, ['text', 'json']);
    const others = Object.keys(requireObject(entry, path)).filter((key) => key !== 'text' && key !== 'json');
    if (others.length > 0) {
      throw improperlyFormed(`${path}[${index}] has ${others.join(', ')}: only text and json have a place here`);
    }
    length += name === 'text' ? requireText(member, `${path}[${index}].text`).length : JSON.stringify(member).length;
  }
  if (length > resultLimit) {
    throw validationError('CONTENT_LENGTH_EXCEEDS_THRESHOLD', 'Input is too long.', path);
  }
}
