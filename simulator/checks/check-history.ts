import { improperlyFormed, validationError } from '../service-error.js';
import type { CheckContext } from './check-context.js';
import { checkReasoning } from './check-reasoning.js';
import { toolUseIdRule } from './check-tool-results.js';
import { toolNameRule } from './check-tools.js';
import { checkCachePoint, checkUserMessage } from './check-user-message.js';
import {
  checkOptionalText,
  isPresent,
  requireList,
  requireObject,
  requireText,
  requireUnion,
} from './require-value.js';

const historyLimit = 10_000;

/** Past turns: user first, strictly in turns, assistant last (sheet §2.5 rule 1). */
export function checkHistory(value: unknown, context: CheckContext): void {
  const history = requireList(value, 'history', historyLimit);
  for (const [index, entry] of history.entries()) {
    const path = `history[${index}]`;
    const [role, message] = requireUnion(entry, path, ['userInputMessage', 'assistantResponseMessage']);
    const expected = index % 2 === 0 ? 'userInputMessage' : 'assistantResponseMessage';
    if (role !== expected) {
      throw improperlyFormed(`${path} must be ${expected}: history starts with the user and goes in turns`);
    }
    if (role === 'userInputMessage') {
      checkUserMessage(message, `${path}.userInputMessage`, { current: false, binding: context.binding });
    } else {
      checkAssistantMessage(message, `${path}.assistantResponseMessage`, context);
    }
  }
  if (history.length % 2 === 1) {
    throw improperlyFormed('history must end with assistantResponseMessage');
  }
}

/** One past answer (sheet §2.4); its content may be empty. */
function checkAssistantMessage(value: unknown, path: string, context: CheckContext): void {
  const message = requireObject(value, path);
  requireText(message.content, `${path}.content`);
  checkOptionalText(message.messageId, `${path}.messageId`, { most: 128 });
  checkCachePoint(message.cachePoint, `${path}.cachePoint`);
  if (isPresent(message.reasoningContent)) {
    checkReasoning(message.reasoningContent, `${path}.reasoningContent`, context.account);
  }
  const seen = new Set<string>();
  for (const [index, entry] of requireList(message.toolUses, `${path}.toolUses`).entries()) {
    const usePath = `${path}.toolUses[${index}]`;
    const use = requireObject(entry, usePath);
    const id = requireText(use.toolUseId, `${usePath}.toolUseId`, toolUseIdRule);
    if (seen.has(id)) {
      throw validationError('TOOL_DUPLICATE', 'Duplicate tool use.', `${usePath}.toolUseId is there twice`);
    }
    seen.add(id);
    requireText(use.name, `${usePath}.name`, toolNameRule);
    requireObject(use.input, `${usePath}.input`);
  }
}
