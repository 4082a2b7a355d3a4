import { Global, Module } from '@nestjs/common';
import { LiveSettings } from './live-settings.service.js';
import { SettingsController } from './settings.controller.js';
import { SettingsRepository } from './settings.repository.js';
import { SettingsEditor } from './settings-editor.service.js';
import { SettingsReader } from './settings-reader.service.js';

/** Settings that change while the service runs. */
@Global()
@Module({
  controllers: [SettingsController],
  providers: [LiveSettings, SettingsRepository, SettingsReader, SettingsEditor],
  exports: [LiveSettings],
})
export class SettingsModule {}
