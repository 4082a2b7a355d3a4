import { EFFORTS, type Effort } from '../../messages/efforts.js';
import { NO_OUTPUT_LIMIT } from '../../messages/no-output-limit.js';
import type { InputMessage, MessagesRequest, ToolInput } from '../../messages/vocabulary.js';
import { abilitiesOf } from '../../models/model-abilities.js';
import type { UpstreamModel } from '../../models/upstream-model.js';
import type { RequestChange } from '../../pool/failure.js';

export interface EncodeContext {
  model: UpstreamModel;
  /** What was refused of this request before. */
  changes: ReadonlySet<RequestChange>;
  /** Whether the client wrote the request itself: then nothing of it is left out because a model may not know it. */
  isClients: boolean;
}

/** For clients that set no limit where nothing is known of the model's own: every model of today has as many. */
const USUAL_OUTPUT_LIMIT = 32_000;

/**
 * A conversation as an endpoint of the Messages API is asked for it: as it is, streamed. What an OpenAI client may say
 * of any model is left out where this one does not take it.
 */
export function encodeRequest(request: MessagesRequest, context: EncodeContext): MessagesRequest {
  const { model, changes, isClients } = context;
  let encoded: MessagesRequest = { ...request, model: model.id, max_tokens: limitOf(request, model), stream: true };
  if (!isClients) encoded = withoutUnknown(encoded, model);
  if (changes.has('without-thinking')) encoded = { ...encoded, messages: withoutThinking(encoded.messages) };
  return changes.has('reduced-schemas') ? withoutSchemas(encoded) : encoded;
}

function limitOf({ max_tokens }: MessagesRequest, { maxOutputTokens }: UpstreamModel): number {
  if (maxOutputTokens !== undefined) return Math.min(max_tokens, maxOutputTokens);
  return max_tokens === NO_OUTPUT_LIMIT ? USUAL_OUTPUT_LIMIT : max_tokens;
}

/** Thinking and effort as far as the model's list says that it takes them; never beside a demanded tool. */
function withoutUnknown(request: MessagesRequest, model: UpstreamModel): MessagesRequest {
  const { thinking, output_config, ...rest } = request;
  const { thinks, efforts } = abilitiesOf([model]);
  const demands = request.tool_choice?.type === 'any' || request.tool_choice?.type === 'tool';
  const mayThink = thinks && thinking?.type === 'adaptive' && !demands;
  const wanted = EFFORTS.indexOf(output_config?.effort as Effort);
  const effort = efforts.findLast((each) => EFFORTS.indexOf(each) <= wanted);
  const { effort: _wanted, ...format } = output_config ?? {};
  const config = { ...format, ...(effort && { effort }) };
  return {
    ...rest,
    ...(mayThink && { thinking }),
    ...(Object.keys(config).length > 0 && { output_config: config }),
  };
}

function withoutThinking(messages: readonly InputMessage[]): InputMessage[] {
  return messages.flatMap((message): InputMessage[] => {
    if (typeof message.content === 'string') return [message];
    const content = message.content.filter(({ type }) => type !== 'thinking' && type !== 'redacted_thinking');
    return content.length > 0 || message.content.length === 0 ? [{ ...message, content } as InputMessage] : [];
  });
}

/** The request says in words what they would. */
function withoutSchemas({ output_config, tools, ...rest }: MessagesRequest): MessagesRequest {
  const { format: _format, ...config } = output_config ?? {};
  return {
    ...rest,
    ...(tools && { tools: tools.map(withoutStrict) }),
    ...(Object.keys(config).length > 0 && { output_config: config }),
  };
}

function withoutStrict(tool: ToolInput): ToolInput {
  const { strict: _strict, ...rest } = tool as ToolInput & { strict?: boolean };
  return rest as ToolInput;
}
