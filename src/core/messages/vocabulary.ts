import type Anthropic from '@anthropic-ai/sdk';

/**
 * The inside's one language: the Anthropic Messages API's own vocabulary, types from the official SDK. What upstream
 * reports and Messages has no word for travels as one event of our own, `upstream_report`, which no client ever sees.
 */
export type MessagesRequest = Anthropic.Messages.MessageCreateParams;
export type CountTokensRequest = Omit<MessagesRequest, 'max_tokens' | 'stream'>;
export type InputMessage = Anthropic.Messages.MessageParam;
export type InputBlock = Anthropic.Messages.ContentBlockParam;
export type ToolResultInput = Anthropic.Messages.ToolResultBlockParam;
export type ImageInput = Anthropic.Messages.ImageBlockParam;
export type ToolInput = Anthropic.Messages.ToolUnion;
export type CustomTool = Anthropic.Messages.Tool;

export type Message = Anthropic.Messages.Message;
export type ContentBlock = Anthropic.Messages.ContentBlock;
export type TextCitation = Anthropic.Messages.TextCitation;
export type Usage = Anthropic.Messages.Usage;
export type StopReason = Anthropic.Messages.StopReason;

/** What upstream reported beside the answer; sent at most once, before `message_delta`. */
export interface UpstreamReportEvent {
  type: 'upstream_report';
  /** Credits the answer cost (`meteringEvent`). */
  credits?: number;
  /** 0–100 of the model's window, output included (`contextUsageEvent`). */
  contextUsagePercentage?: number;
  /** Tokens as upstream counted them, cached ones included (`metadataEvent`); absent where it did not say. */
  inputTokens?: number;
  outputTokens?: number;
}

export type MessagesEvent = Anthropic.Messages.RawMessageStreamEvent | UpstreamReportEvent;
