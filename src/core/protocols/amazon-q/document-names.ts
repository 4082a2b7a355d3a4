import { UniqueNames } from '../../messages/unique-names.js';

/** No limit is documented: long enough for a title, short enough to be quoted. */
const LONGEST_NAME = 100;
const UNTITLED = 'document';

/**
 * Names of a request's documents: each once, or the service refuses them (amazon-q.md §2.3, §6.2), and of plain
 * characters. They follow the order of the documents, so that a document keeps its name from turn to turn.
 */
export class DocumentNames {
  private readonly unique = new UniqueNames(LONGEST_NAME);

  nameFor(title: string | null | undefined): string {
    const clean = (title ?? '').replace(/[^a-zA-Z0-9]+/g, '-').replace(/^-|-$/g, '');
    return this.unique.take(clean === '' ? UNTITLED : clean);
  }
}
