import { Global, Module } from '@nestjs/common';
import { Configuration } from '../config/configuration.js';
import { Encryption } from './encryption.js';
import { masterKey } from './master-key.js';

@Global()
@Module({
  providers: [
    {
      provide: Encryption,
      inject: [Configuration],
      useFactory: (configuration: Configuration) => new Encryption(masterKey(configuration.settings)),
    },
  ],
  exports: [Encryption],
})
export class EncryptionModule {}
