import {
  Body,
  Controller,
  Delete,
  Get,
  Header,
  HttpCode,
  HttpStatus,
  Param,
  Patch,
  Post,
  Query,
  UsePipes,
} from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { Actor } from '../../audit/audit-event.js';
import { Acting } from '../../auth/access/acting.decorator.js';
import { Caller } from '../../auth/access/caller.decorator.js';
import type { Identity } from '../../auth/access/identity.js';
import { Scope } from '../../auth/access/scope.decorator.js';
import { PageQueryDto } from '../../auth/input/dto/page-query.dto.js';
import { InputValidationPipe } from '../../auth/input/input-validation.pipe.js';
import { cutPage, positionOf } from '../../auth/input/page.js';
import { CreateWebhookDto } from './dto/create-webhook.dto.js';
import { type DeliveryPageDto, encodeDelivery, encodeTest, type TestedWebhookDto } from './dto/delivery.dto.js';
import { RotateWebhookDto } from './dto/rotate-webhook.dto.js';
import { UpdateWebhookDto } from './dto/update-webhook.dto.js';
import {
  type CreatedWebhookDto,
  encodeForReader,
  encodeWebhook,
  type WebhookDto,
  type WebhookPageDto,
} from './dto/webhook.dto.js';
import { WebhookEditor } from './webhook-editor.service.js';
import { WebhookTests } from './webhook-tests.service.js';

/** `/v2/webhooks`: who is told of changes of accounts. */
@Controller('v2/webhooks')
@Scope('admin')
@UsePipes(InputValidationPipe)
export class WebhooksController {
  constructor(
    private readonly editor: WebhookEditor,
    private readonly tests: WebhookTests,
  ) {}

  /** Makes a webhook; the answer, and that to a rotation, are the only ones that hold its secret. */
  @Post()
  @Header('cache-control', 'no-store')
  async create(
    @Body() { secret: given, description = null, ...settings }: CreateWebhookDto,
    @Acting() actor: Actor,
  ): Promise<CreatedWebhookDto> {
    const { webhook, secret } = await this.editor.create({ ...settings, description }, given, actor);
    return { ...encodeWebhook(webhook), secret };
  }

  /** Lists webhooks, the oldest first, a page at a time. */
  @Get()
  @Header('cache-control', 'no-store')
  async list(@Query() { limit, cursor }: PageQueryDto, @Caller() { scopes }: Identity): Promise<WebhookPageDto> {
    const { items, nextCursor } = cutPage(await this.editor.list(positionOf(cursor), limit + 1), limit);
    return { data: items.map(scopes.has('admin') ? encodeWebhook : encodeForReader), nextCursor };
  }

  /** Shows one webhook. */
  @Get(':id')
  @Header('cache-control', 'no-store')
  async show(@Param('id') id: string, @Caller() { scopes }: Identity): Promise<WebhookDto> {
    const webhook = await this.editor.get(id);
    return scopes.has('admin') ? encodeWebhook(webhook) : encodeForReader(webhook);
  }

  /** Changes a webhook. What is left out stays. */
  @Patch(':id')
  @Header('cache-control', 'no-store')
  async update(@Param('id') id: string, @Body() input: UpdateWebhookDto, @Acting() actor: Actor): Promise<WebhookDto> {
    return encodeWebhook(await this.editor.update(id, { ...input }, actor));
  }

  /** Gives the webhook another secret, which only this answer holds; events are signed with both for `overlapSeconds`. */
  @Post(':id/rotate')
  @ApiBody({ type: RotateWebhookDto, required: false })
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  async rotate(
    @Param('id') id: string,
    @Body() { secret: given, overlapSeconds }: RotateWebhookDto,
    @Acting() actor: Actor,
  ): Promise<CreatedWebhookDto> {
    const { webhook, secret } = await this.editor.rotate(id, given, overlapSeconds, actor);
    return { ...encodeWebhook(webhook), secret };
  }

  /** Sends a `webhook.test` event now, once, whether the webhook is enabled or not, and tells how that ended. */
  @Post(':id/test')
  @HttpCode(HttpStatus.OK)
  @Header('cache-control', 'no-store')
  async test(@Param('id') id: string, @Acting() actor: Actor): Promise<TestedWebhookDto> {
    return encodeTest(await this.tests.run(id, actor));
  }

  /** Lists what was delivered or waits for it, the newest first: what ended goes after 7 days, or 1,000 others. */
  @Get(':id/deliveries')
  @Header('cache-control', 'no-store')
  async listDeliveries(@Param('id') id: string, @Query() { limit, cursor }: PageQueryDto): Promise<DeliveryPageDto> {
    const found = await this.editor.listDeliveries(id, positionOf(cursor), limit + 1);
    const { items, nextCursor } = cutPage(
      found.map((delivery) => ({ createdAt: delivery.createdAt, id: delivery.eventId, delivery })),
      limit,
    );
    return { data: items.map(({ delivery }) => encodeDelivery(delivery)), nextCursor };
  }

  /** Deletes a webhook, and what waits for it. */
  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  delete(@Param('id') id: string, @Acting() actor: Actor): Promise<void> {
    return this.editor.delete(id, actor);
  }
}
