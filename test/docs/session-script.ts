import type { CommandBlock } from './command-blocks.js';

/**
 * The shell program that runs the blocks of one document, one after the other, in one shell: what a block exports or
 * changes to is there for the next. In `$DOCS_SESSION` it finds block N as `N.sh`, leaves what it printed in `N.out`,
 * and says in `progress` how far it came.
 *
 * A block fails with its first command that fails, in a pipe or within `$(…)` too, where a shell goes on. `curl` fails
 * when the answer is an error, which by itself it does not: a reader would call that a broken example.
 */
export function sessionScript(blocks: readonly CommandBlock[]): string {
  return [PREAMBLE, ...blocks.map(runBlock)].join('\n');
}

const PREAMBLE = `curl() { command curl --no-progress-meter --fail-with-body "$@"; }
docs_say() { printf '%s\\n' "$*" >>"$DOCS_SESSION/progress"; }
docs_careful() {
  set -eE -o pipefail
  trap 'docs_say failed "$DOCS_BLOCK" $? $LINENO' ERR
}
# What fails within $(…) is told by the trap, and the command around it may succeed all the same.
docs_end() {
  if grep -q "^failed $DOCS_BLOCK " "$DOCS_SESSION/progress"; then exit 1; fi
  docs_say end "$DOCS_BLOCK"
}
docs_stays_up() {
  set +eE
  trap - ERR
  PORT=0 DATABASE_PATH="$DOCS_SESSION/$DOCS_BLOCK.db" setsid bash -e "$DOCS_SESSION/$DOCS_BLOCK.sh" &
  local program=$! status=0
  until grep -qF -- "$1" "$DOCS_SESSION/$DOCS_BLOCK.out"; do
    if ! kill -0 "$program" 2>/dev/null; then
      docs_say failed "$DOCS_BLOCK" 'it ended before it printed the words'
      status=1
      break
    fi
    sleep 0.1
  done
  kill -TERM -- "-$program" 2>/dev/null
  wait "$program"
  return "$status"
}
docs_careful
`;

function runBlock({ treatment }: CommandBlock, number: number): string {
  const begin = `DOCS_BLOCK=${number}
docs_say begin ${number}
exec >"$DOCS_SESSION/${number}.out" 2>&1 </dev/null`;
  const end = 'docs_end\n';
  const source = `source "$DOCS_SESSION/${number}.sh"`;
  switch (treatment.kind) {
    case 'not-run':
      return '';
    case 'run':
      return [begin, source, end].join('\n');
    case 'stays-up':
      return [begin, `docs_stays_up ${quoted(treatment.words)} || exit 1`, 'docs_careful', end].join('\n');
    case 'ends-with':
      return `${begin}
set +eE
trap - ERR
${source}
docs_status=$?
if [ "$docs_status" != ${treatment.status} ]; then
  docs_say failed ${number} "it ended with $docs_status"
  exit 1
fi
docs_careful
${end}`;
    default:
      return treatment satisfies never;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
