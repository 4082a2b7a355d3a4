/**
 * Says which paths a build sees: the last pattern that fits a path, or a folder it lies in, counts.
 * @returns a function of a path in the project's folder
 */
export function letThrough(text) {
  const patterns = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ lets: line.startsWith('!'), fits: expressionOf(line.replace(/^!/, '')) }));
  return (path) => {
    const parts = path.split('/');
    const ways = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    return patterns.reduce((seen, { lets, fits }) => (ways.some((way) => fits.test(way)) ? lets : seen), true);
  };
}

function expressionOf(pattern) {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?|\*|\?/g, (wildcard) => ({ '*': '[^/]*', '?': '[^/]' })[wildcard] ?? '(?:.*/)?');
  return new RegExp(`^${source}$`);
}
