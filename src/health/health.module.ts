import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { HealthController } from './health.controller.js';

@Module({ imports: [AuthModule, AccountsModule], controllers: [HealthController] })
export class HealthModule {}
