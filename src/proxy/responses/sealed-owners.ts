/** A row of stored responses or of their items. */
type RowKey = { keyId: string; id: string };

/** For whom an item is encrypted. */
export function itemOwner({ keyId, id }: RowKey): string {
  return `item ${keyId} ${id}`;
}

/** For whom a response is encrypted. */
export function responseOwner({ keyId, id }: RowKey): string {
  return `response ${keyId} ${id}`;
}

/** For whom the list of a response's items is encrypted. */
export function responseItemsOwner({ keyId, id }: RowKey): string {
  return `items ${keyId} ${id}`;
}
