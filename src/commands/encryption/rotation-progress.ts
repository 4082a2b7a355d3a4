import type { RotationStep } from '../../platform/database/keys/key-rotation.js';

const SHOWN_EVERY_MS = 1_000;
const TOO_LARGE =
  'The database file is large: unused parts of it may still hold what an earlier key encrypted. When the service stands still, run VACUUM on it.';

/** A rotation in words, a line for each step; rows at most once a second. */
export class RotationProgress {
  private readonly written = new Map<string, number>();
  private shownAt = 0;
  private isWaiting = false;

  constructor(private readonly tell: (text: string) => void) {}

  show(step: RotationStep): void {
    const text = this.wordsFor(step);
    this.isWaiting = step.step === 'waiting';
    if (text) this.tell(text);
  }

  private wordsFor(step: RotationStep): string | undefined {
    switch (step.step) {
      case 'announced':
        return step.isContinued
          ? `Going on with the change from key ${step.before} to key ${step.keyId}`
          : `Key ${step.keyId} is announced; it will take the place of key ${step.before}`;
      case 'waiting':
        return this.isWaiting ? undefined : `Waiting ${step.secondsLeft} s for running services to look for keys`;
      case 'key file written':
        return `${step.path} has the new key`;
      case 'taking over':
        return `New values are encrypted with key ${step.keyId}; re-encrypting what there is`;
      case 'rows written':
        return this.countRows(step.column, step.rows);
      case 'unreadable rows':
        return `${step.rows} values of ${step.column} can't be decrypted by any key (first: ${step.first}); they stay as they are`;
      case 'settled':
        return [...this.counts(), `Everything is encrypted with key ${step.keyId}`].join('\n');
      case 'retired':
        return `Key ${step.keyId} opens nothing any more`;
      case 'file rewritten':
        return step.isRewritten ? undefined : TOO_LARGE;
    }
  }

  private countRows(column: string, rows: number): string | undefined {
    this.written.set(column, (this.written.get(column) ?? 0) + rows);
    if (performance.now() - this.shownAt < SHOWN_EVERY_MS) return undefined;
    this.shownAt = performance.now();
    return this.counts().join('\n');
  }

  private counts(): string[] {
    return Array.from(this.written, ([column, rows]) => `  ${column}: ${rows} values`);
  }
}
