import { describe, expect, it } from '@jest/globals';
import { type RunningAnswer, RunningAnswers } from './running-answers.js';

const answer = (cut: () => void = () => undefined): RunningAnswer => ({ cut, place: -1 });

describe('RunningAnswers', () => {
  it('knows what runs, whatever the order of leaving', () => {
    const answers = new RunningAnswers();
    const [first, second, third] = [answer(), answer(), answer()];
    for (const each of [first, second, third]) answers.add(each);
    expect(answers.remove(first)).toBe(true);
    expect(answers.remove(third)).toBe(true);
    expect(answers.size).toBe(1);
    expect(answers.remove(second)).toBe(true);
    expect(answers.size).toBe(0);
  });

  it('lets one leave once', () => {
    const answers = new RunningAnswers();
    const [staying, leaving] = [answer(), answer()];
    answers.add(leaving);
    answers.add(staying);
    expect(answers.remove(leaving)).toBe(true);
    expect(answers.remove(leaving)).toBe(false);
    expect(answers.remove(answer())).toBe(false);
    expect(answers.size).toBe(1);
  });

  it('cuts every one, though each leaves as it is cut', () => {
    const answers = new RunningAnswers();
    let cuts = 0;
    for (let number = 0; number < 5; number++) {
      const each: RunningAnswer = answer(() => {
        cuts += 1;
        answers.remove(each);
      });
      answers.add(each);
    }
    answers.cutAll();
    expect([cuts, answers.size]).toEqual([5, 0]);
  });
});
