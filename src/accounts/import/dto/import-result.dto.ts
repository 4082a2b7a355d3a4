/** What is wrong with one entry of an import. */
export class ImportErrorDto {
  /**
   * Place of the entry in the import, from 0: over all files in their order, lists taken apart.
   * @example 2
   */
  index: number;

  /**
   * The file it came from, where there was one.
   * @example 'kiro-auth-token.json'
   */
  file?: string;

  /**
   * Names fields, never what they hold.
   * @example 'refreshToken is missing'
   */
  message: string;
}

/** What an import did. */
export class ImportResultDto {
  /**
   * Accounts that are new.
   * @example 3
   */
  created: number;

  /**
   * Accounts that were there, and were changed.
   * @example 1
   */
  updated: number;

  /**
   * Entries that say nothing new.
   * @example 0
   */
  skipped: number;

  /** Entries that could not be imported. */
  errors: ImportErrorDto[];
}
