/** The cores of a list such as `0-2,5`, the form Linux writes them in. */
export function parseCoreList(text: string): number[] {
  return text
    .trim()
    .split(',')
    .flatMap((part) => {
      const [first = Number.NaN, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 || 0 }, (_, index) => first + index);
    });
}
