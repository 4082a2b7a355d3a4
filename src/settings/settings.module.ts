import { Global, Module } from '@nestjs/common';
import { LiveSettings } from './live-settings.service.js';

/** Settings that change while the service runs. */
@Global()
@Module({ providers: [LiveSettings], exports: [LiveSettings] })
export class SettingsModule {}
