import { encodeCallId } from '../../openai/call-id.js';
import { type ClientTool, customInputOf } from '../../openai/client-tools.js';
import type { ItemPlace } from '../response-stream-event.js';
import type { CallForm } from './open-call.js';
import type { CustomToolCallItem, FunctionCallItem, ItemStatus, ToolSearchCallItem } from './output-item.js';

/**
 * The form of a call by what the client offered: Codex reports `aborted` for any other (openai.md §6).
 * @param useId the id of the call inside
 */
export function callForm(tool: ClientTool, useId: string): CallForm {
  const callId = encodeCallId(useId);
  switch (tool.kind) {
    case 'function':
      return functionCall(tool, callId);
    case 'custom':
      return customToolCall(tool, callId);
    case 'tool_search':
      return toolSearchCall(callId);
  }
}

/** The name and the namespace stand apart: joined they are an unknown call to Codex. */
function nameOf({ name, namespace }: ClientTool): { name: string; namespace?: string } {
  return namespace === undefined ? { name } : { name, namespace };
}

function functionCall(tool: ClientTool, call_id: string): CallForm {
  const itemOf = (id: string, status: ItemStatus, json: string): FunctionCallItem => ({
    id,
    type: 'function_call',
    status,
    call_id,
    ...nameOf(tool),
    arguments: json,
  });
  return {
    prefix: 'fc',
    begin: (id) => itemOf(id, 'in_progress', ''),
    piece: (place, json) => [{ type: 'response.function_call_arguments.delta', ...place, delta: json }],
    end: (place, json) => ({
      item: itemOf(place.item_id, 'completed', json),
      events: [{ type: 'response.function_call_arguments.done', ...place, arguments: json }],
    }),
  };
}

/** The input is raw text, which is known when its JSON is complete. */
function customToolCall(tool: ClientTool, call_id: string): CallForm {
  const itemOf = (id: string, status: ItemStatus, input: string): CustomToolCallItem => ({
    id,
    type: 'custom_tool_call',
    status,
    call_id,
    ...nameOf(tool),
    input,
  });
  return {
    prefix: 'ctc',
    begin: (id) => itemOf(id, 'in_progress', ''),
    piece: () => [],
    end: (place, json) => {
      const input = customInputOf(json);
      return {
        item: itemOf(place.item_id, 'completed', input),
        events: [
          { type: 'response.custom_tool_call_input.delta', ...place, delta: input },
          { type: 'response.custom_tool_call_input.done', ...place, input },
        ],
      };
    },
  };
}

/** Has no events of its own; what it searches for is an object. */
function toolSearchCall(call_id: string): CallForm {
  const itemOf = (id: string, status: ItemStatus, input: unknown): ToolSearchCallItem => ({
    id,
    type: 'tool_search_call',
    status,
    call_id,
    execution: 'client',
    arguments: input,
  });
  return {
    prefix: 'tsc',
    begin: (id) => itemOf(id, 'in_progress', {}),
    piece: () => [],
    end: ({ item_id }: ItemPlace, json) => ({ item: itemOf(item_id, 'completed', JSON.parse(json)), events: [] }),
  };
}
