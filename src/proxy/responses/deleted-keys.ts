import { Injectable } from '@nestjs/common';
import { ApiKeyEditor } from '../../auth/api-keys/api-key-editor.service.js';
import { StoredResponseCleaner } from './stored-response-cleaner.job.js';

/** What was stored for a key goes with the key. */
@Injectable()
export class DeletedKeys {
  constructor(apiKeys: ApiKeyEditor, cleaner: StoredResponseCleaner) {
    apiKeys.onDelete((keyId) => cleaner.keyDeleted(keyId));
  }
}
