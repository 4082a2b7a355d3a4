/** What one check found. `wrong` makes `doctor` fail; `open` was not checked, or says nothing against the gateway. */
export interface Finding {
  check: string;
  state: 'right' | 'wrong' | 'open';
  /** In the operator's words. */
  says: string;
  /** What to do about it. */
  advice?: string;
}

export const right = (check: string, says: string): Finding => ({ check, state: 'right', says });
export const wrong = (check: string, says: string, advice?: string): Finding => ({
  check,
  state: 'wrong',
  says,
  ...(advice && { advice }),
});
export const open = (check: string, says: string, advice?: string): Finding => ({
  check,
  state: 'open',
  says,
  ...(advice && { advice }),
});
