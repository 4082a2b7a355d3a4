import type { Binding } from '../answer.js';
import { improperlyFormed, validationError } from '../service-error.js';
import { checkDocuments } from './check-documents.js';
import { checkImages } from './check-images.js';
import { checkToolResults } from './check-tool-results.js';
import {
  checkOptionalChoice,
  checkOptionalText,
  isPresent,
  requireList,
  requireObject,
  requireText,
} from './require-value.js';

/** Where a user message stands: the current one carries tools, and under awsJson1.0 the environment too. */
export interface UserMessagePlace {
  current: boolean;
  binding: Binding;
}

// What the service takes, measured; its model says 10,000,000 (sheet §2.7).
const contentLimit = 600_000;

const origins = [
  'AI_EDITOR',
  'CHATBOT',
  'CLI',
  'CONSOLE',
  'DOCUMENTATION',
  'GITLAB',
  'IDE',
  'INLINE_CHAT',
  'KIRO_CLI',
  'KIRO_WEB',
  'MARKETING',
  'MD',
  'MD_CE',
  'MD_IDE',
  'MOBILE',
  'OPENSEARCH_DASHBOARD',
  'Q_DEV_BEXT',
  'SAGE_MAKER',
  'SERVICE_INTERNAL',
  'SM_AI_STUDIO_IDE',
  'UNIFIED_SEARCH',
  'UNKNOWN',
] as const;

/** One user message, current or past (sheet §2.3). */
export function checkUserMessage(value: unknown, path: string, place: UserMessagePlace): void {
  const message = requireObject(value, path);
  const content = requireText(message.content, `${path}.content`);
  checkOptionalChoice(message.origin, `${path}.origin`, origins);
  checkOptionalText(message.modelId, `${path}.modelId`, { least: 1, most: 1024, pattern: /^[a-zA-Z0-9_:.-]+$/ });
  checkCachePoint(message.cachePoint, `${path}.cachePoint`);
  const images = requireList(message.images, `${path}.images`);
  const documents = requireList(message.documents, `${path}.documents`);
  checkImages(images, `${path}.images`);
  checkDocuments(documents, `${path}.documents`);
  const context = isPresent(message.userInputMessageContext)
    ? requireObject(message.userInputMessageContext, `${path}.userInputMessageContext`)
    : {};
  checkContext(context, `${path}.userInputMessageContext`, place);
  const toolResults = requireList(context.toolResults, `${path}.userInputMessageContext.toolResults`);
  if (content === '' && images.length + documents.length + toolResults.length === 0) {
    throw improperlyFormed(`${path}.content is empty, and there are neither tool results nor images`);
  }
  if (content.length > contentLimit) {
    throw validationError('CONTENT_LENGTH_EXCEEDS_THRESHOLD', 'Input is too long.', `${path}.content`);
  }
}

/** A prompt-cache checkpoint; there is one kind (sheet §2.3). */
export function checkCachePoint(value: unknown, path: string): void {
  if (isPresent(value) && requireObject(value, path).type !== 'default') {
    throw improperlyFormed(`${path}.type must be default`);
  }
}

function checkContext(context: Record<string, unknown>, path: string, place: UserMessagePlace): void {
  checkToolResults(context.toolResults, `${path}.toolResults`);
  requireList(context.additionalContext, `${path}.additionalContext`, 20);
  if (!place.current && requireList(context.tools, `${path}.tools`).length > 0) {
    throw improperlyFormed(`${path}.tools: only the current message carries tools`);
  }
  if (isPresent(context.envState)) {
    checkEnvironment(requireObject(context.envState, `${path}.envState`), `${path}.envState`);
  } else if (place.current && place.binding === 'awsJson1.0') {
    throw improperlyFormed(`${path}.envState is missing, awsJson1.0 wants it`);
  }
}

function checkEnvironment(environment: Record<string, unknown>, path: string): void {
  checkOptionalChoice(environment.operatingSystem, `${path}.operatingSystem`, ['linux', 'macos', 'windows']);
  checkOptionalText(environment.currentWorkingDirectory, `${path}.currentWorkingDirectory`, { least: 1, most: 256 });
  for (const variable of requireList(environment.environmentVariables, `${path}.environmentVariables`, 100)) {
    const { key, value } = requireObject(variable, `${path}.environmentVariables[]`);
    checkOptionalText(key, `${path}.environmentVariables[].key`, { most: 256 });
    checkOptionalText(value, `${path}.environmentVariables[].value`, { most: 1024 });
  }
  const offset = environment.timezoneOffset;
  if (isPresent(offset) && (!Number.isInteger(offset) || Math.abs(offset as number) > 1440)) {
    throw improperlyFormed(`${path}.timezoneOffset must be whole minutes, at most 1440 either way`);
  }
}
