import { rmSync } from 'node:fs';

/** Removes the folder when the returned function is called, or when this process ends before that. */
export function disposableFolder(folder) {
  // Retried: a program that was killed a moment ago may still have been writing.
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  process.once('exit', remove);
  return () => {
    process.off('exit', remove);
    remove();
  };
}
