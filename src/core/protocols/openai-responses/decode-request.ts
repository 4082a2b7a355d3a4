import { NO_OUTPUT_LIMIT } from '../../messages/no-output-limit.js';
import type { MessagesRequest } from '../../messages/vocabulary.js';
import { optionalBoolean, optionalInteger, optionalString } from '../openai/check-fields.js';
import { ClientTools } from '../openai/client-tools.js';
import { ConversationBuilder } from '../openai/conversation-builder.js';
import { offerTools } from '../openai/decode-tools.js';
import { decodeEffort } from '../openai/effort.js';
import { MediaPlaces } from '../openai/media-places.js';
import { decodeOutputFormat } from '../openai/output-format.js';
import { chooseTools, decodeToolChoice } from '../openai/tool-choice.js';
import { SUMMARIZE } from './compaction-summary.js';
import { type Configuration, decodeConfiguration } from './configuration.js';
import { echoedSettings, summaryOf, truncationOf } from './echoed-settings.js';
import { decodeItem } from './items/item-types.js';
import { ownItems, type PlacedItem, previousItems, refuseRepeats, refuseTooMany } from './place-items.js';
import type { FoundItems, ResponsesRequest, WireResponsesRequest } from './responses-request.js';

/**
 * A request of the Responses API in Messages terms (openai.md §6, §10–§12).
 * @param found what the store has of `previous_response_id` and of the ids that are referred to
 * @throws GatewayError `invalid_request`, its path in the client's own terms, such as `input[3].content[0].text`
 */
export function decodeResponsesRequest(wire: WireResponsesRequest, found: FoundItems): ResponsesRequest {
  const { fields, store, stream, previousResponseId, isCompaction } = wire;
  const own = ownItems(wire, found);
  const previous = previousItems(found);
  refuseTooMany(previous.length + own.length);
  refuseRepeats([...previous, ...own]);
  const configuration = decodeConfiguration(fields, previous, own);
  const settings = echoedSettings(wire, configuration);
  const tools = new ClientTools();
  const places = new MediaPlaces();
  const includesEncryptedReasoning = includes(fields.include, 'reasoning.encrypted_content');
  const showsSummary = summaryOf(fields) !== undefined;
  const conversation = decodeConversation(wire, [...previous, ...own], tools, places);
  const request: MessagesRequest = {
    model: wire.model,
    max_tokens: optionalInteger(fields.max_output_tokens, 'max_output_tokens', 1) ?? NO_OUTPUT_LIMIT,
    ...conversation,
    ...decodeTools(wire, tools),
    ...(!isCompaction && decodeAnswer(configuration, { showsSummary, includesEncryptedReasoning })),
  };
  return {
    request,
    tools,
    places,
    settings,
    store,
    stream,
    previousResponseId,
    cacheKey: settings.prompt_cache_key ?? undefined,
    includesEncryptedReasoning,
    showsSummary,
    isCompaction,
    truncation: truncationOf(fields),
    newItems: own.map(({ item }) => item),
  };
}

function decodeConversation(
  { fields, isCompaction }: WireResponsesRequest,
  items: readonly PlacedItem[],
  tools: ClientTools,
  places: MediaPlaces,
): Pick<MessagesRequest, 'system' | 'messages'> {
  const turns = new ConversationBuilder();
  turns.addSystem(optionalString(fields.instructions, 'instructions') ?? '');
  offerTools(fields.tools, 'tools', 'flat', tools);
  const conversation = { turns, tools, places };
  for (const { item, param } of items) decodeItem(item, param, conversation);
  for (const note of tools.notes) turns.addSystem(note);
  if (isCompaction) turns.addUser(SUMMARIZE);
  return turns.build();
}

/** A summary is written without tools; they are known all the same, as the conversation may be full of their calls. */
function decodeTools({ fields, isCompaction }: WireResponsesRequest, tools: ClientTools) {
  const choice = decodeToolChoice(fields.tool_choice, 'flat');
  const parallel = optionalBoolean(fields.parallel_tool_calls, 'parallel_tool_calls');
  return chooseTools(isCompaction ? { type: 'none' } : choice, parallel, tools);
}

/** How the answer is to be thought out and written. */
function decodeAnswer(
  { effort, format, formatParam }: Configuration,
  reasoning: { showsSummary: boolean; includesEncryptedReasoning: boolean },
): Pick<MessagesRequest, 'thinking' | 'output_config'> {
  const { showsSummary, includesEncryptedReasoning } = reasoning;
  const { thinking, output_config } = decodeEffort(effort, showsSummary);
  const outputFormat = decodeOutputFormat(format, formatParam, 'flat');
  // What nobody is shown makes no reasoning item (§12).
  const display = showsSummary || includesEncryptedReasoning ? 'summarized' : 'omitted';
  return {
    ...(thinking && { thinking: thinking.type === 'adaptive' ? { ...thinking, display } : thinking }),
    ...((output_config || outputFormat) && {
      output_config: { ...output_config, ...(outputFormat && { format: outputFormat }) },
    }),
  };
}

function includes(list: unknown, value: string): boolean {
  return Array.isArray(list) && list.includes(value);
}
