/**
 * A list in pieces, so that no statement has more parameters or bytes than a database takes well.
 * @param weightOf what an element counts; a piece gets no further one once it is over `heaviest`
 */
export function* inBatches<T>(
  list: readonly T[],
  longest: number,
  weightOf: (element: T) => number = () => 0,
  heaviest = Number.POSITIVE_INFINITY,
): Generator<T[]> {
  let batch: T[] = [];
  let weight = 0;
  for (const element of list) {
    batch.push(element);
    weight += weightOf(element);
    if (batch.length < longest && weight < heaviest) continue;
    yield batch;
    batch = [];
    weight = 0;
  }
  if (batch.length > 0) yield batch;
}
