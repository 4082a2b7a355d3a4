import { MOST_ACCOUNTS } from './decode-entries.js';
import { UploadStorage } from './upload-storage.js';

/** Contract §10.10. */
export const UPLOAD_PART = 'file';

/** Each account may come with a file for its client. */
const MOST_FILES = 2 * MOST_ACCOUNTS;

/** @param bytes MAX_BODY_SIZE */
export function uploadLimits(bytes: number) {
  return {
    fileSize: bytes,
    files: MOST_FILES,
    // One more than files, so that it is their number that is complained of.
    parts: MOST_FILES + 1,
    fields: 0,
    fieldNameSize: 100,
    headerPairs: 20,
  };
}

/** Multer's options, for `MulterModule`. @param bytes MAX_BODY_SIZE */
export function uploadOptions(bytes: number) {
  return {
    storage: new UploadStorage(bytes),
    limits: uploadLimits(bytes),
    // What browsers and curl send.
    defParamCharset: 'utf8',
  };
}
