import {
  type CallHandler,
  type ExecutionContext,
  HttpException,
  Injectable,
  type NestInterceptor,
} from '@nestjs/common';
import { catchError, type Observable, throwError } from 'rxjs';
import { GatewayError } from '../../core/errors.js';
import { Configuration } from '../../platform/config/configuration.js';
import { UPLOAD_PART, uploadLimits } from './upload-options.js';
import { uploadTooLarge } from './upload-storage.js';

/** Says of an upload that is refused which limit it broke. Stands before the interceptor that reads uploads. */
@Injectable()
export class UploadErrors implements NestInterceptor {
  constructor(private readonly configuration: Configuration) {}

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(catchError((error: unknown) => throwError(() => this.explain(error))));
  }

  private explain(error: unknown): unknown {
    if (error instanceof GatewayError) return error;
    if (!(error instanceof HttpException)) return isCutOff(error) ? incomplete(error) : error;
    const limit = this.configuration.settings.MAX_BODY_SIZE;
    const { files } = uploadLimits(limit);
    // Multer's errors are none by `Error.isError`.
    const { code } = (error.cause ?? {}) as { code?: unknown };
    switch (code) {
      case 'LIMIT_FILE_SIZE':
        return uploadTooLarge(limit);
      case 'LIMIT_FILE_COUNT':
      case 'LIMIT_PART_COUNT':
        return new GatewayError('request_too_large', `An upload takes at most ${files} files`);
      default:
        // The parser's own words may quote what was sent.
        return new GatewayError(
          'invalid_request',
          code === undefined
            ? 'The upload is not a valid multipart/form-data body'
            : `An upload takes files only, in parts named '${UPLOAD_PART}'`,
          { cause: error },
        );
    }
  }
}

/** Multer has no other word for a client that went. */
function isCutOff(error: unknown): boolean {
  return Error.isError(error) && /^Request (aborted|closed)$/.test(error.message);
}

function incomplete(cause: unknown): GatewayError {
  return new GatewayError('invalid_request', 'The upload is not complete', { cause });
}
