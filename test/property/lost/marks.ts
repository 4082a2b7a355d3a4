import { png } from '../../support/image-files.js';
import { pdf } from '../../support/pdf-files.js';

type Json = Record<string, unknown>;

/** Makes values that come only once. */
export class Marks {
  private count = 0;

  /** Letters and digits alone: fit for names and ids too, and no schema rewrites them. */
  readonly text = (): string => `mark${String(++this.count).padStart(4, '0')}`;

  readonly number = (): number => 70_000 + ++this.count;

  /** A picture of a width of its own, in base64. */
  readonly png = (): string => png(++this.count).toString('base64');

  readonly image = (): Json => ({
    type: 'image',
    source: { type: 'base64', media_type: 'image/png', data: this.png() },
  });

  /** A page with a mark on it, in base64. */
  readonly page = (): string => pdf(this.text()).toString('base64');

  readonly pdf = (): Json => ({ type: 'base64', media_type: 'application/pdf', data: this.page() });
}

/** Whether a value was made by `Marks`: such as say something, where others only tell what kind of thing stands there. */
export function isMark(value: unknown): boolean {
  if (typeof value === 'number') return value > 70_000 && value < 80_000;
  return typeof value === 'string' && (/^mark\d{4}$/.test(value) || value.length > 60);
}
