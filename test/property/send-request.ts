import { SimulatedAccount } from '../../simulator/account.js';
import { checkRequest } from '../../simulator/checks/check-request.js';
import { ServiceError } from '../../simulator/service-error.js';
import { AccessTokens } from '../../simulator/sign-in/access-tokens.js';
import { GatewayError } from '../../src/core/errors.js';
import { checkMedia } from '../../src/core/messages/content/check-media.js';
import { findMedia, type MediaBlock } from '../../src/core/messages/content/find-media.js';
import { invalidContent } from '../../src/core/messages/content/invalid-content.js';
import { replaceMedia } from '../../src/core/messages/content/replace-media.js';
import { localAnswer } from '../../src/core/messages/emulations/local-answer.js';
import { planEmulation } from '../../src/core/messages/emulations/plan-emulation.js';
import type { MessagesEvent, MessagesRequest } from '../../src/core/messages/vocabulary.js';
import { ModelNames } from '../../src/core/models/model-names.js';
import { ModelResolver } from '../../src/core/models/resolve-model.js';
import type { RequestChange } from '../../src/core/pool/failure.js';
import { encodeRequest } from '../../src/core/protocols/amazon-q/encode-request.js';
import { thinkingDisplay } from '../../src/core/protocols/amazon-q/thinking-display.js';
import { decodeRequest } from '../../src/core/protocols/anthropic/decode-request.js';
import { answerExtrasOf } from '../../src/core/protocols/anthropic/encode-message.js';
import { ignoredFieldsOf } from '../../src/core/protocols/anthropic/ignored-fields.js';
import { conversationNameOf } from '../../src/proxy/conversation-name.js';
import { TokenCounter } from '../../src/proxy/tokens/token-counter.service.js';
import { OWN_SEALS } from './generate/own-seals.js';
import { UPSTREAM_MODELS } from './upstream-models.js';

/** What became of a body that was sent without a socket. */
export type Verdict =
  /** Refused by the gateway, with an error of its own. */
  | { by: 'gateway'; error: GatewayError }
  /** Refused by the service: a fault of the gateway's, unless it is about size. */
  | { by: 'service'; error: ServiceError; sent: unknown }
  /** Nothing had to be sent. */
  | { by: 'nobody'; answered: MessagesEvent[] }
  | { by: 'nobody'; sent: unknown };

export type Binding = 'restJson1' | 'awsJson1.0';

export const BINDINGS: readonly Binding[] = ['restJson1', 'awsJson1.0'];

const account = new SimulatedAccount({ id: 'strict' }, new AccessTokens<SimulatedAccount>(() => 0, 3600), 0);
const NO_ALIASES = new ModelNames({}, false);
const CONVERSATION_ID = '5f0d2c1e-7a34-4b39-9d55-0c6a5e0f7b11';

for (const seal of OWN_SEALS) account.rememberSignature(seal);

/**
 * The walk of one body as the gateway has it: checked, emulations planned, encoded, and held against everything the
 * service is known to refuse. Documents refused are sent as text, as the gateway does.
 * @param changes what the service refused before
 * @throws whatever is no GatewayError: a crash
 */
export function sendRequest(
  body: unknown,
  version: string | undefined,
  binding: Binding,
  changes: readonly RequestChange[] = [],
): Verdict {
  return verdictOf(() => sendDecoded(decodeRequest(body, version), binding, changes));
}

/** @throws whatever is no refusal: a crash */
export function verdictOf(walk: () => Verdict): Verdict {
  try {
    return walk();
  } catch (error) {
    if (error instanceof GatewayError && error.kind !== 'internal') return { by: 'gateway', error };
    throw error;
  }
}

/**
 * The same from where all protocols are one.
 * @throws GatewayError for what is refused
 */
export function sendDecoded(
  decoded: MessagesRequest,
  binding: Binding,
  changes: readonly RequestChange[] = [],
): Exclude<Verdict, { by: 'gateway' }> {
  checkContent(decoded);
  lookAt(decoded);
  const answer = localAnswer(decoded);
  if (answer) {
    return { by: 'nobody', answered: answer({ messageId: 'msg_1', requestedModel: 'm', estimatedInputTokens: 1 }) };
  }
  return askService(planEmulation(decoded).request, binding, changes);
}

/** As by default: what stands elsewhere is not fetched. */
function checkContent({ messages }: MessagesRequest): void {
  const media = findMedia(messages);
  checkMedia(media);
  const remote = media.find(({ block }) => block.source.type === 'url');
  if (remote) throw invalidContent(`${remote.path}.type`, 'URLs are not fetched by this gateway');
}

const counter = new TokenCounter();

/** What the way of every request does with it beside sending it: none of it may fail. */
function lookAt(request: MessagesRequest): void {
  ignoredFieldsOf(request);
  answerExtrasOf(request);
  thinkingDisplay(request);
  conversationNameOf({}, request.metadata?.user_id, undefined);
  if (!(counter.count(request) >= 1)) throw new Error('a request of no tokens');
}

/** A request that is ready for upstream. @throws GatewayError for what can't be encoded */
export function askService(
  request: MessagesRequest,
  binding: Binding,
  changes: readonly RequestChange[] = [],
): Exclude<Verdict, { by: 'gateway' }> {
  const first = tryRequest(request, binding, new Set(changes));
  if (first.by !== 'service' || first.error.reason !== 'DOCUMENT_MODEL_NOT_SUPPORTED') return first;
  return tryRequest(withDocumentsAsText(request), binding, new Set([...changes, 'documents-as-text']));
}

function tryRequest(
  request: MessagesRequest,
  binding: Binding,
  changes: ReadonlySet<RequestChange>,
): Exclude<Verdict, { by: 'gateway' }> {
  const sent: unknown = JSON.parse(JSON.stringify(encodeFor(request, binding, changes).body));
  try {
    checkRequest(sent, { account, binding, contentType: contentTypeOf(binding) });
    return { by: 'nobody', sent };
  } catch (error) {
    if (error instanceof ServiceError) return { by: 'service', error, sent };
    throw error;
  }
}

/** What goes to the account. @throws GatewayError for what can't be encoded, or an unknown model */
export function encodeFor(request: MessagesRequest, binding: Binding, changes: ReadonlySet<RequestChange> = new Set()) {
  const model = new ModelResolver(request.model, NO_ALIASES).byName(UPSTREAM_MODELS);
  if (!model) throw new GatewayError('not_found', `model: ${request.model}`);
  const replayable = changes.has('without-thinking') ? new Set<string>() : new Set<string>(OWN_SEALS);
  const context = { model, conversationId: CONVERSATION_ID, origin: 'CLI', binding, changes, replayable };
  return { model, ...encodeRequest(request, context) };
}

/** Text instead of files, as for a model that takes none; reading them is not the matter here. */
function withDocumentsAsText(request: MessagesRequest): MessagesRequest {
  const replacements = new Map<MediaBlock, MediaBlock>();
  for (const { block } of findMedia(request.messages)) {
    if (block.type !== 'document') continue;
    replacements.set(block, { ...block, source: { type: 'text', media_type: 'text/plain', data: 'Text of a page.' } });
  }
  return { ...request, messages: replaceMedia(request.messages, replacements) };
}

/** Too much for upstream, which nobody but upstream can measure: its own refusal is what the client is told. */
export function isAboutSize(error: ServiceError): boolean {
  return error.reason === 'CONTENT_LENGTH_EXCEEDS_THRESHOLD';
}

export function describeService({ reason, detail }: ServiceError): string {
  return `the service refuses: ${reason}, ${detail}`;
}

function contentTypeOf(binding: Binding): string {
  return binding === 'restJson1' ? 'application/json' : 'application/x-amz-json-1.0';
}
