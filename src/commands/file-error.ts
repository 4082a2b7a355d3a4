const WORDS: Record<string, string> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'something on the way to it is no folder',
  ENOENT: 'its folder is not there',
  ELOOP: 'its links lead in a circle',
  EBUSY: 'it is in use, or mounted by itself',
};

/** An error of the file system as a sentence; any other as it is. */
export function inWords(error: unknown, path: string, done: 'read' | 'written' | 'removed' | 'made'): unknown {
  const code = codeOf(error);
  if (code === undefined) return error;
  return new Error(`${path} can't be ${done}: ${WORDS[code] ?? code}`);
}

/** The code of an error of the platform, such as `ENOENT`. */
export function codeOf(error: unknown): string | undefined {
  return Error.isError(error) && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
