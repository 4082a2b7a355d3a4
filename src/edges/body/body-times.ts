import { Injectable } from '@nestjs/common';

/** How long a body may take, in milliseconds. A class of its own, so that a test need not wait for them. */
@Injectable()
export class BodyTimes {
  /** Without a single byte. */
  idle = 30_000;
  /** From first to last. */
  whole = 300_000;
}
