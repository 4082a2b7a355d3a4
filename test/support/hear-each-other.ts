import { StateStore } from '../../src/platform/state/state-store.js';
import { eventually } from './ask.js';
import type { RunningGateway } from './start-gateway.js';

/** Waits until what each of two replicas publishes reaches the other: a replica that just started does not listen yet. */
export async function hearEachOther(first: RunningGateway, second: RunningGateway): Promise<void> {
  const [one, two] = [first, second].map(({ app }) => app.get(StateStore, { strict: false })) as [
    StateStore,
    StateStore,
  ];
  await Promise.all([reaches(one, two), reaches(two, one)]);
}

/** On its one connection the last channel that is listened to is heard last: all others are, too. */
async function reaches(from: StateStore, to: StateStore): Promise<void> {
  const channel = `test:${crypto.randomUUID()}`;
  let isHeard = false;
  to.subscribe(channel, () => {
    isHeard = true;
  });
  await eventually(() => {
    from.publish(channel, '');
    return isHeard;
  });
}
