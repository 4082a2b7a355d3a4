import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { BodyGuard } from './body/body.guard.js';
import { BodyTimes } from './body/body-times.js';

/** What stands between sockets and rooms. Imported after `AuthModule`: guards run in this order. */
@Module({ providers: [BodyTimes, { provide: APP_GUARD, useClass: BodyGuard }] })
export class EdgesModule {}
