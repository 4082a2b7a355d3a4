import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { WebhookEditor } from './admin/webhook-editor.service.js';
import { WebhookTests } from './admin/webhook-tests.service.js';
import { WebhooksController } from './admin/webhooks.controller.js';
import { Courier } from './deliveries/courier.service.js';
import { DeliveryRepository } from './deliveries/delivery.repository.js';
import { DeliveryCleaner } from './deliveries/delivery-cleaner.job.js';
import { Outbox } from './deliveries/outbox.service.js';
import { AccountNews } from './news/account-news.service.js';
import { SubjectRepository } from './news/subject.repository.js';
import { ReceiverRules } from './receivers/receiver-rules.js';
import { Receivers } from './receivers/receivers.service.js';
import { WebhookRepository } from './webhook.repository.js';

/** Tells the operator's own services of changes of accounts. */
@Module({
  imports: [AccountsModule],
  controllers: [WebhooksController],
  providers: [
    WebhookRepository,
    DeliveryRepository,
    SubjectRepository,
    ReceiverRules,
    Receivers,
    Outbox,
    AccountNews,
    Courier,
    DeliveryCleaner,
    WebhookEditor,
    WebhookTests,
  ],
})
export class WebhooksModule {}
