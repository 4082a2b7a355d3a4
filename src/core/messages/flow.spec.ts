import { describe, expect, it } from '@jest/globals';
import { Flow } from './flow.js';

/** A source that tells whether it runs. */
class Source {
  runs = true;
  pause() {
    this.runs = false;
  }
  resume() {
    this.runs = true;
  }
}

describe('Flow', () => {
  it('holds its source while anybody holds the flow', () => {
    const [flow, source] = [new Flow(), new Source()];
    flow.attach(source);
    flow.pause('client');
    flow.pause('store');
    flow.resume('client');
    expect(source.runs).toBe(false);
    flow.resume('store');
    expect(source.runs).toBe(true);
  });

  it('holds a further source that comes while it is held', () => {
    const [flow, first, second] = [new Flow(), new Source(), new Source()];
    flow.attach(first);
    flow.pause('store');
    flow.attach(second);
    expect(second.runs).toBe(false);
    flow.resume('store');
    expect(second.runs).toBe(true);
  });

  it('is let go once, however often the same holder held it', () => {
    const [flow, source] = [new Flow(), new Source()];
    flow.attach(source);
    flow.pause('client');
    flow.pause('client');
    flow.resume('client');
    expect(source.runs).toBe(true);
  });
});
