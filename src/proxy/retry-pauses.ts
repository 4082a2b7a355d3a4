import { Injectable } from '@nestjs/common';
import { type Observable, timer } from 'rxjs';

/** The pauses before an account is asked once more. A class of its own, so that a test need not wait for them. */
@Injectable()
export class RetryPauses {
  /** Cold; unsubscribing ends it. */
  wait(milliseconds: number): Observable<unknown> {
    return timer(milliseconds);
  }
}
