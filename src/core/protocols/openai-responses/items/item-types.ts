import { stringOf } from '../../openai/check-fields.js';
import { decodeCallOutput, decodeCustomToolCall, decodeFunctionCall } from './calls.js';
import { decodeCompaction } from './compaction.js';
import type { DecodeItem } from './decode-item.js';
import { decodeHostedItem, NOTES } from './hosted-items.js';
import { decodeMessage } from './message.js';
import { decodeReasoningItem } from './reasoning.js';
import { decodeAdditionalTools, decodeToolSearchCall, decodeToolSearchOutput } from './tool-items.js';
import { typeOfItem } from './type-of-item.js';

/** Items that say something to the model (openai.md §6), by type. */
export const ITEM_TYPES: ReadonlyMap<string, DecodeItem> = new Map([
  ['message', decodeMessage],
  ['function_call', decodeFunctionCall],
  ['function_call_output', decodeCallOutput],
  ['custom_tool_call', decodeCustomToolCall],
  ['custom_tool_call_output', decodeCallOutput],
  ['reasoning', decodeReasoningItem],
  ['additional_tools', decodeAdditionalTools],
  ['tool_search_call', decodeToolSearchCall],
  ['tool_search_output', decodeToolSearchOutput],
  ['compaction', decodeCompaction],
  // As Codex called it before.
  ['compaction_summary', decodeCompaction],
  ...Array.from(NOTES.keys(), (type) => [type, decodeHostedItem] as const),
]);

/**
 * Items that say nothing to the model: what they say to us is read elsewhere. An item of a type that is not known is
 * dropped likewise (openai.md §1, rule 10).
 */
export const SILENT_ITEM_TYPES = ['compaction_trigger', 'configuration_update', 'mcp_list_tools'] as const;

/** @throws GatewayError `invalid_request`, also for an item of no type at all */
export const decodeItem: DecodeItem = (item, param, conversation) => {
  const type = stringOf(typeOfItem(item), `${param}.type`);
  ITEM_TYPES.get(type)?.(item, param, conversation);
};
