import type { MediaBlock } from '../../messages/content/find-media.js';

/** Which field of the client's request an image or a document came from, so that what is wrong with it can say so. */
export class MediaPlaces {
  private readonly params = new WeakMap<MediaBlock, string>();

  /** @param param such as `messages[2].content[1]` */
  note(block: MediaBlock, param: string): void {
    this.params.set(block, param);
  }

  paramOf(block: MediaBlock): string | undefined {
    return this.params.get(block);
  }
}
