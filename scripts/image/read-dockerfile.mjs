const KNOWN = new Set(
  'FROM RUN CMD LABEL EXPOSE ENV ADD COPY ENTRYPOINT VOLUME USER WORKDIR ARG STOPSIGNAL HEALTHCHECK SHELL ONBUILD'.split(
    ' ',
  ),
);

/**
 * Text → stages `{base, as, index, line, steps}` and their steps `{name, text, flags, words, line}`: continued lines are
 * one, comments none, flags (`--from=build`) apart from the rest.
 * @param wrong told of a line that is no instruction, with its number
 */
export function dockerfileIn(text, wrong) {
  const stages = [];
  for (const { text: instruction, line } of instructionsOf(text)) {
    const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(instruction) ?? [];
    if (!KNOWN.has(name)) {
      wrong(line, `${name} is no instruction`);
      continue;
    }
    const { flags, words } = flagsOf(rest);
    if (name === 'FROM') {
      const [base = '', as, stage] = words;
      stages.push({ base, as: as?.toUpperCase() === 'AS' ? stage : undefined, index: stages.length, line, steps: [] });
    } else if (stages.length > 0) {
      stages.at(-1).steps.push({ name, text: rest, flags, words, line });
    } else if (name !== 'ARG') wrong(line, `${name} before the first FROM`);
  }
  if (stages.length === 0) wrong(0, 'no FROM');
  return stages;
}

function* instructionsOf(text) {
  let joined = '';
  let begin = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    if (/^\s*(#|$)/.test(raw)) continue;
    if (joined === '') begin = index + 1;
    const continues = /\\\s*$/.test(raw);
    joined += `${raw.replace(/\\\s*$/, '').trim()} `;
    if (continues) continue;
    yield { text: joined.trim(), line: begin };
    joined = '';
  }
}

function flagsOf(rest) {
  const all = rest.split(/\s+/);
  const count = all.findIndex((word) => !word.startsWith('--'));
  const flags = all.slice(0, count).map((word) => /^--([^=]+)=?(.*)$/.exec(word)?.slice(1) ?? []);
  return { flags: Object.fromEntries(flags), words: all.slice(count) };
}
