import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ProxyModule } from '../proxy/proxy.module.js';
import { BodyGuard } from './body/body.guard.js';
import { BodyTimes } from './body/body-times.js';
import { LastRequests } from './last-requests.service.js';

/** What stands between sockets and rooms. Imported after `AuthModule`: guards run in this order. */
@Module({ imports: [ProxyModule], providers: [BodyTimes, { provide: APP_GUARD, useClass: BodyGuard }, LastRequests] })
export class EdgesModule {}
