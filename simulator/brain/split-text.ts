/**
 * Cuts a text into pieces of the given sizes in turn, counted in characters, never inside one.
 * Sizes that fit nothing are wanted: whoever joins pieces must not rely on words.
 */
export function splitText(whole: string, sizes: readonly number[]): string[] {
  const characters = [...whole];
  const pieces: string[] = [];
  let offset = 0;
  for (let turn = 0; offset < characters.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    pieces.push(characters.slice(offset, offset + size).join(''));
    offset += size;
  }
  return pieces;
}
