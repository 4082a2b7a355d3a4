import { CommanderError } from 'commander';
import { createProgram } from './program.js';
import { FAILED, WRONG_USAGE } from './statuses.js';
import { type Surroundings, UsageError } from './surroundings.js';

/**
 * Runs what stands behind `amq-gateway`, and leaves the process' status in the surroundings. Never rejects.
 * @param args without the program's own name
 */
export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<void> {
  const { output } = surroundings;
  try {
    await createProgram(surroundings).parseAsync([...args], { from: 'user' });
  } catch (error) {
    output.show('');
    if (error instanceof CommanderError) {
      // It has said what there is to say already.
      surroundings.status = error.exitCode === 0 ? 0 : WRONG_USAGE;
    } else if (error instanceof UsageError) {
      output.tell(`${error.message} (--help shows what there is)`);
      surroundings.status = WRONG_USAGE;
    } else {
      output.tell(Error.isError(error) ? error.message : String(error));
      surroundings.status ||= FAILED;
    }
  }
}
