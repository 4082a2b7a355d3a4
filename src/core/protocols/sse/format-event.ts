/** One server-sent event. `data` must be one line, which JSON.stringify guarantees. */
export function formatEvent(name: string, data: string): string {
  return `event: ${name}\ndata: ${data}\n\n`;
}
