/** Where a page of a list in the order of creation ended. */
export interface PagePosition {
  createdAt: Date;
  id: string;
}

/** The opaque text that asks for the page after this position. */
export function formatCursor({ createdAt, id }: PagePosition): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString('base64url');
}

/** The position a cursor names, or undefined when the text is none of ours. */
export function parseCursor(text: string): PagePosition | undefined {
  const [, milliseconds, id] =
    /^(\d{1,15})\.(\P{Cc}{1,64})$/u.exec(Buffer.from(text, 'base64url').toString('utf8')) ?? [];
  return id === undefined ? undefined : { createdAt: new Date(Number(milliseconds)), id };
}
