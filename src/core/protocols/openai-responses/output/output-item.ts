import type { Responses } from 'openai/resources/responses/responses';

export type MessageItem = Responses.ResponseOutputMessage;
export type FunctionCallItem = Responses.ResponseFunctionToolCallItem;
export type CustomToolCallItem = Omit<Responses.ResponseCustomToolCallItem, 'created_by'>;
export type ToolSearchCallItem = Responses.ResponseToolSearchCall;
export type ReasoningItem = Responses.ResponseReasoningItem;
export type CompactionItem = Responses.ResponseCompactionItem;

/** What an answer consists of (openai.md §7). */
export type OutputItem =
  | MessageItem
  | FunctionCallItem
  | CustomToolCallItem
  | ToolSearchCallItem
  | ReasoningItem
  | CompactionItem;

/** How far an item has come. */
export type ItemStatus = MessageItem['status'];
