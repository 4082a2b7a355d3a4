import { IsBoolean, IsOptional } from 'class-validator';
import type { WebhookEventType } from '../../webhook-event.js';
import { NotNull, WebhookDescription, WebhookEvents, WebhookUrl } from './webhook-field.decorators.js';

/** What of a webhook changes; what is left out stays. */
export class UpdateWebhookDto {
  @NotNull()
  @WebhookUrl()
  url?: string;

  @NotNull()
  @WebhookEvents()
  events?: WebhookEventType[];

  /** @example false */
  @NotNull()
  @IsBoolean()
  enabled?: boolean;

  @IsOptional()
  @WebhookDescription()
  description?: string | null;
}
