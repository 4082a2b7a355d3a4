/** How many may be taken; at least 1 each, undefined: any number. */
export interface PlaceLimits {
  /** At the same time. */
  atOnce?: number;
  /** Within any minute, given back or not. */
  perMinute?: number;
}

/** One that was taken. */
export interface Place {
  /**
   * Gives it back. Never rejects.
   * @returns whether nobody could take one at the same time before
   */
  leave(): Promise<boolean>;
}

/** Why there is none. */
export interface NoPlace {
  limit: keyof PlaceLimits;
  /** When the minute has room again, milliseconds from now; undefined: when somebody leaves. */
  freeInMs?: number;
}

export type PlaceAnswer = { place: Place } | { refused: NoPlace };
