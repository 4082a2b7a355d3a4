import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { WEBHOOK_EVENTS, type WebhookEventType } from '../../webhook-event.js';
import { NotNull, WebhookDescription, WebhookEvents, WebhookSecret, WebhookUrl } from './webhook-field.decorators.js';

/** A new webhook. */
export class CreateWebhookDto {
  /** Where events are posted: https, unless ALLOW_PRIVATE_ENDPOINTS is set, and no private address. */
  @WebhookUrl()
  url: string;

  /** What it is told of; default: everything. */
  @NotNull()
  @WebhookEvents()
  events: WebhookEventType[] = [...WEBHOOK_EVENTS];

  /** @example true */
  @NotNull()
  @IsBoolean()
  @ApiProperty({ required: false })
  enabled: boolean = true;

  @IsOptional()
  @WebhookDescription()
  description?: string | null;

  /** What events are signed with; default: one is made. */
  @NotNull()
  @WebhookSecret()
  secret?: string;
}
