import { parseArgs } from 'node:util';

export interface CommandLine {
  /** Only these documents; empty means all. */
  files: readonly string[];
  /** Looks at marks and links, runs nothing. */
  check: boolean;
  keep: boolean;
  json: boolean;
  help: boolean;
}

export const usage = `Usage: npm run test:docs -- [options]

Runs every block of commands ("sh") in README.md and docs/, in order, one shell for each document, in a clean copy of the
project with an empty home folder, beside a gateway of its own in front of the simulator. In the blocks localhost:8080
becomes that gateway, and $KEY is its admin key. Device sign-ins that a block shows are approved, as a reader would.

  --file <path>   only this document; may be given several times
  --check         only looks at the marks and the links, runs nothing
  --keep          leaves the folder (project, home, output of each block) and says where it is
  --json          the results as JSON on standard output; progress goes to standard error
  --help          print this

A comment directly above a block says what else becomes of it:

  <!-- not run: needs a Kubernetes cluster -->        told, not run
  <!-- stays up until: listens on -->                 runs until it has printed that, then is asked to end
  <!-- ends with 1: shows what a failure looks like -->

A block fails when a command in it fails, or when curl gets an error as its answer. One with <something> or … to fill in
must be marked as not run. Relative links and their #anchors must lead somewhere, in CONTRIBUTING.md and the like too.
Exit code: 0 everything is right, 1 something is not, 2 wrong use.
`;

/** Reads the options; throws with a message that can be shown as it is. */
export function readCommandLine(args: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      file: { type: 'string', multiple: true, default: [] },
      check: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { file: files, ...rest } = values;
  return { files, ...rest };
}
