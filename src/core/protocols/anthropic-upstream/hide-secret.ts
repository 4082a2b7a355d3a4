/** A text without the secret that it may quote. */
export function hideSecret(text: string, secret: string | undefined): string {
  return secret ? text.replaceAll(secret, '…') : text;
}
